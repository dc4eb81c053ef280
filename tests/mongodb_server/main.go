// mongodb_server is a MongoDB-compatible server for the tests, on machines that have no mongod:
// FerretDB on SQLite, embedded, behind a proxy that lets one wire message through at a time.
//
// Why the proxy: FerretDB reads, changes and writes back a document without isolation, so two
// clients that update one document can lose an update. MongoDB never does, and what the tests prove
// would otherwise hang on that difference. --no-serialise leaves it out.
//
// Prints "ready mongodb://ADDRESS/" on stdout once it listens, and stops at SIGTERM, SIGINT or, with
// --exit-with-stdin, when its standard input ends (so that it cannot outlive a crashed test).
package main

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

const (
	headerBytes     = 16
	maxMessageBytes = 48 << 20 // MongoDB's own limit
	opMsg           = 2013
	flagMoreToCome  = 1 << 1 // the sender expects no answer
)

func main() {
	host := flag.String("host", "127.0.0.1", "address to listen on")
	port := flag.Int("port", 0, "port to listen on; 0: any free one")
	data := flag.String("data", "", "directory of the databases; empty: a temporary one")
	noSerialise := flag.Bool("no-serialise", false, "let wire messages through at the same time")
	exitWithStdin := flag.Bool("exit-with-stdin", false, "stop when standard input ends")
	certificate := flag.String("tls-certificate", "", "PEM chain; TLS is spoken then, and nothing else")
	key := flag.String("tls-key", "", "PEM private key of -tls-certificate")
	flag.Parse()
	log.SetFlags(0)
	log.SetPrefix("mongodb_server: ")

	var secure *tls.Config
	if *certificate != "" {
		pair, err := tls.LoadX509KeyPair(*certificate, *key)
		if err != nil {
			log.Fatal(err)
		}
		secure = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	if err := run(*host, *port, *data, !*noSerialise, *exitWithStdin, secure); err != nil {
		log.Fatal(err)
	}
}

func run(host string, port int, data string, serialise, exitWithStdin bool, secure *tls.Config) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	// The backend's socket has a directory of its own: a socket's path must be short.
	sockets, err := os.MkdirTemp("", "mongodb-server-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(sockets)
	if data == "" {
		data = filepath.Join(sockets, "data")
	}
	if data, err = filepath.Abs(data); err != nil {
		return err
	}
	if err = os.MkdirAll(data, 0o700); err != nil {
		return err
	}

	backend := filepath.Join(sockets, "ferretdb.sock")
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: backend},
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:   "sqlite",
		SQLiteURL: "file:" + data + "/",
	})
	if err != nil {
		return err
	}
	backendDone := make(chan error, 1)
	go func() { backendDone <- server.Run(ctx) }()
	if err = waitForSocket(ctx, backend, backendDone); err != nil {
		return err
	}

	listener, err := net.Listen("tcp", net.JoinHostPort(host, fmt.Sprint(port)))
	if err != nil {
		return err
	}
	if secure != nil {
		listener = tls.NewListener(listener, secure)
	}
	proxy := &proxy{backend: backend, serialise: serialise}
	go proxy.serve(listener)
	fmt.Printf("ready mongodb://%s/\n", listener.Addr())

	if exitWithStdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	select {
	case <-ctx.Done():
		listener.Close()
		return nil
	case err = <-backendDone:
		return fmt.Errorf("FerretDB stopped: %w", err)
	}
}

func waitForSocket(ctx context.Context, path string, done <-chan error) error {
	for {
		if connection, err := net.Dial("unix", path); err == nil {
			return connection.Close()
		}
		select {
		case err := <-done:
			return fmt.Errorf("FerretDB did not start: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

type proxy struct {
	backend   string
	serialise bool
	turn      sync.Mutex // held from a request's first byte to the backend to its answer's last
}

func (p *proxy) serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer client.Close()
			if err := p.forward(client); err != nil && !errors.Is(err, io.EOF) {
				log.Printf("connection from %s: %v", client.RemoteAddr(), err)
			}
		}()
	}
}

// forward carries one client's messages until either side closes.
func (p *proxy) forward(client net.Conn) error {
	backend, err := net.Dial("unix", p.backend)
	if err != nil {
		return err
	}
	defer backend.Close()
	for {
		request, err := readMessage(client)
		if err != nil {
			return err
		}
		answer, err := p.exchange(backend, request)
		if err != nil {
			return err
		}
		if _, err = client.Write(answer); err != nil {
			return err
		}
	}
}

// exchange returns an empty answer for a request that wants none.
func (p *proxy) exchange(backend net.Conn, request []byte) ([]byte, error) {
	if p.serialise {
		p.turn.Lock()
		defer p.turn.Unlock()
	}
	if _, err := backend.Write(request); err != nil {
		return nil, err
	}
	if wantsNoAnswer(request) {
		return nil, nil
	}
	return readMessage(backend)
}

func wantsNoAnswer(message []byte) bool {
	return binary.LittleEndian.Uint32(message[12:]) == opMsg && len(message) >= headerBytes+4 &&
		binary.LittleEndian.Uint32(message[headerBytes:])&flagMoreToCome != 0
}

// readMessage reads one message of the MongoDB wire protocol, which begins with its own length.
func readMessage(from io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(length[:])
	if size < headerBytes || size > maxMessageBytes {
		return nil, fmt.Errorf("a message of %d bytes", size)
	}
	message := make([]byte, size)
	copy(message, length[:])
	_, err := io.ReadFull(from, message[4:])
	return message, err
}
