module istio-patterns.lab/gateway

go 1.26.0

require github.com/envoyproxy/gateway v1.8.0 // indirect
