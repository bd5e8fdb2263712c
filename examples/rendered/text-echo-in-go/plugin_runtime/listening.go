package pluginruntime

import (
	"context"
	"net"
	"os"
	"strconv"
)

// listening is a socket that was opened before the settings were known.
type listening struct {
	*net.TCPListener
	host string
	port int64
}

// listenFirst listens as the environment says, before anything is read: the host asks for health
// at once, and then again only after a second. It returns nil where the image sets no PLUGIN_PORT,
// or nothing can listen there; orListen finds out why.
func listenFirst() *listening {
	host := textSetting("PLUGIN_HOST", anyAddress)
	port, err := strconv.ParseInt(os.Getenv("PLUGIN_PORT"), 10, 64)
	if err != nil {
		return nil
	}
	listener, err := listen(host, port)
	if err != nil {
		return nil
	}
	return &listening{listener, host, port}
}

// orListen listens as the settings say; mostly that is where it already listens.
func (first *listening) orListen(values settings) (*net.TCPListener, error) {
	if first != nil && first.host == values.host && first.port == values.port {
		return first.TCPListener, nil
	}
	if first != nil {
		_ = first.Close()
	}
	return listen(values.host, values.port)
}

func listen(host string, port int64) (*net.TCPListener, error) {
	network := "tcp"
	if address := net.ParseIP(host); address != nil && address.To4() != nil {
		network = "tcp4" // or 0.0.0.0 would also mean IPv6
	}
	var config net.ListenConfig
	config.SetMultipathTCP(false) // Go asks the kernel for it first, and the host does not use it
	listener, err := config.Listen(context.Background(), network, net.JoinHostPort(host, strconv.FormatInt(port, 10)))
	if err != nil {
		return nil, err
	}
	return listener.(*net.TCPListener), nil
}
