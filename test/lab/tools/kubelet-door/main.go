// Kubelet-door serves what API servers ask of a kubelet on behalf of kubectl and istioctl, port-forward, exec and
// logs, for pods that the lab runs as processes. Where a pod is, it asks the lab.
package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// place is where a pod runs: the process that holds its network, and the process and log of each container.
type place struct {
	Pid        int `json:"pid"`
	Containers map[string]struct {
		Pid int    `json:"pid"`
		Log string `json:"log"`
	} `json:"containers"`
}

type door struct{ lab string }

func (d door) find(node, namespace, name string) (place, error) {
	query := url.Values{"node": {node}, "namespace": {namespace}, "name": {name}}
	answer, err := http.Get(d.lab + "/?" + query.Encode())
	if err != nil {
		return place{}, err
	}
	defer answer.Body.Close()
	var found place
	if answer.StatusCode != http.StatusOK {
		return place{}, fmt.Errorf("%s/%s is not a pod that the lab runs as processes", namespace, name)
	}
	return found, json.NewDecoder(answer.Body).Decode(&found)
}

// dial connects from inside the network of a process; the thread that entered it is never used again.
func dial(pid int, port int32) (net.Conn, error) {
	type result struct {
		connection net.Conn
		err        error
	}
	results := make(chan result)
	go func() {
		runtime.LockOSThread()
		handle, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pid))
		if err != nil {
			results <- result{err: err}
			return
		}
		defer handle.Close()
		if err := unix.Setns(int(handle.Fd()), unix.CLONE_NEWNET); err != nil {
			results <- result{err: err}
			return
		}
		connection, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
		results <- result{connection, err}
	}()
	found := <-results
	return found.connection, found.err
}

type forwarder struct{ pod place }

func (f forwarder) PortForward(_ context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	connection, err := dial(f.pod.Pid, port)
	if err != nil {
		return err
	}
	defer connection.Close()
	defer stream.Close()
	done := make(chan error, 2)
	go func() { _, err := io.Copy(connection, stream); done <- err }()
	go func() { _, err := io.Copy(stream, connection); done <- err }()
	err = <-done
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// executor runs commands where a container is. Nobody here asks for a terminal.
type executor struct{ pod place }

func (e executor) ExecInContainer(ctx context.Context, _, _, container string, words []string, in io.Reader,
	out, err io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	pid := strconv.Itoa(e.pod.Containers[container].Pid)
	inside := []string{"-t", pid, "--net", "--uts", "--mount", "--root", "--wd"}
	command := exec.CommandContext(ctx, "nsenter", append(inside, words...)...)
	command.Stdin, command.Stdout, command.Stderr = in, out, err
	ended := command.Run()
	if exit := (*exec.ExitError)(nil); errors.As(ended, &exit) {
		return utilexec.CodeExitError{Err: ended, Code: exit.ExitCode()}
	}
	return ended
}

func serveExec(writer http.ResponseWriter, request *http.Request, pod place) {
	options, err := remotecommand.NewOptions(request)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(writer, request, executor{pod}, request.PathValue("name"), request.PathValue("uid"),
		request.PathValue("container"), request.URL.Query()["command"], options, time.Hour, 30*time.Second,
		remotecommand.SupportedStreamingProtocols)
}

func servePortForward(writer http.ResponseWriter, request *http.Request, pod place) {
	options, err := portforward.NewV4Options(request)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(writer, request, forwarder{pod}, request.PathValue("name"),
		request.PathValue("uid"), options, time.Hour, 30*time.Second, portforward.SupportedProtocols)
}

func serveLog(writer http.ResponseWriter, request *http.Request, pod place) {
	text, err := os.ReadFile(pod.Containers[request.PathValue("container")].Log)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusNotFound)
		return
	}
	writer.Write(tail(text, request.FormValue("tailLines")))
}

// of finds the pod that a request is for.
func (d door) of(serve func(http.ResponseWriter, *http.Request, place)) http.HandlerFunc {
	return func(writer http.ResponseWriter, request *http.Request) {
		address := request.Context().Value(http.LocalAddrContextKey).(net.Addr).String()
		node, _, _ := net.SplitHostPort(address)
		pod, err := d.find(node, request.PathValue("namespace"), request.PathValue("name"))
		if err != nil {
			http.Error(writer, err.Error(), http.StatusNotFound)
			return
		}
		serve(writer, request, pod)
	}
}

// tail is the last lines of a log, or all of it where no number is given.
func tail(text []byte, lines string) []byte {
	count, err := strconv.Atoi(lines)
	if err != nil {
		return text
	}
	at := len(bytes.TrimRight(text, "\n"))
	for ; count > 0 && at >= 0; count-- {
		at = bytes.LastIndexByte(text[:at], '\n')
	}
	return text[at+1:]
}

// certificate is good for as long as this process; API servers do not verify a kubelet's.
func certificate() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(0, 0, 1)}
	body, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		log.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{body}, PrivateKey: key}
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: kubelet-door <address of the lab>")
	}
	routes := http.NewServeMux()
	served := door{lab: os.Args[1]}
	routes.Handle("/portForward/{namespace}/{name}", served.of(servePortForward))
	routes.Handle("/portForward/{namespace}/{name}/{uid}", served.of(servePortForward))
	routes.Handle("/exec/{namespace}/{name}/{container}", served.of(serveExec))
	routes.Handle("/containerLogs/{namespace}/{name}/{container}", served.of(serveLog))
	server := http.Server{Addr: ":10250", Handler: routes}
	// SPDY, which API servers speak here, upgrades HTTP/1.1 only.
	server.TLSConfig = &tls.Config{
		Certificates: []tls.Certificate{certificate()},
		NextProtos:   []string{"http/1.1"},
	}
	server.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
	log.Fatal(server.ListenAndServeTLS("", ""))
}
