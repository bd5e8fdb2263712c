// What Go needs for HTTP alone: net/http and encoding/json.
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type request struct {
	Inputs struct {
		Text    struct{ Value string }
		Seconds struct{ Value float64 }
	}
}

func health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Write([]byte(`{"status":"healthy"}`))
}

func execute(w http.ResponseWriter, r *http.Request) {
	var body request
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	until := time.Now().Add(time.Duration(body.Inputs.Seconds.Value * float64(time.Second)))
	for time.Now().Before(until) {
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{
		"success": true,
		"outputs": map[string]any{"result": body.Inputs.Text.Value},
	})
}

func main() {
	port := os.Getenv("BENCHMARK_PORT")
	if port == "" {
		port = "8080"
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", health)
	mux.HandleFunc("POST /execute", execute)
	server := &http.Server{Addr: ":" + port, Handler: mux}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go server.ListenAndServe()
	<-ctx.Done()
	server.Shutdown(context.Background())
}
