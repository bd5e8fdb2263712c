package pluginruntime

import (
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
		port = strconv.Itoa(m.Container.Ports[0].Container)
	}
	host := os.Getenv("PLUGIN_HOST")
	if address := net.ParseIP(host); address == nil || address.IsUnspecified() {
		host = "127.0.0.1"
	}
	// A transport of its own, without the proxies of the host's environment.
	client := http.Client{Timeout: healthTime, Transport: &http.Transport{}}
	answer, err := client.Get("http://" + net.JoinHostPort(host, port) + m.healthPath())
	if err != nil {
		fmt.Printf("no answer from port %s: %v\n", port, err)
		return 1
	}
	defer answer.Body.Close()
	_, _ = io.Copy(os.Stdout, answer.Body)
	fmt.Println()
	if answer.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}
