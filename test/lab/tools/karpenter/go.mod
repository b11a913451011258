module istio-patterns.lab/karpenter

go 1.26.0

require sigs.k8s.io/karpenter v1.12.1 // indirect
