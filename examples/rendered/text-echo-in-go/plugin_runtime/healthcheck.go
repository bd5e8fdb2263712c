package pluginruntime

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

const healthTime = 5 * time.Second

// healthcheck is the image's HEALTHCHECK: 0 if the plugin says that it is healthy, else 1.
func healthcheck() int {
	m, err := readManifest()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	port := os.Getenv("PLUGIN_PORT")
	if port == "" {
		port = strconv.Itoa(m.Container.Port)
	}
	host := os.Getenv("PLUGIN_HOST")
	if address := net.ParseIP(host); address == nil || address.IsUnspecified() {
		host = "127.0.0.1"
	}
	status, err := askHealth(net.JoinHostPort(host, port), m.Container.HealthPath)
	if err != nil {
		fmt.Printf("no answer from port %s: %v\n", port, err)
		return 1
	}
	if status != http.StatusOK {
		return 1
	}
	return 0
}

// askHealth prints the answer and returns its status. It does without http.Client, which would
// make the program of every plugin half a megabyte larger.
func askHealth(address, path string) (status int, err error) {
	connection, err := net.DialTimeout("tcp", address, healthTime)
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(healthTime))
	if _, err = fmt.Fprintf(connection, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path); err != nil {
		return 0, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(os.Stdout, answer.Body)
	fmt.Println()
	return answer.StatusCode, nil
}
