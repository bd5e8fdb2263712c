/* The limit for anything at all: answers every request with the same bytes, from one thread. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 1024

static const char BODY[] = "{\"status\":\"healthy\",\"success\":true,\"outputs\":{\"result\":\"hello\"}}";

static void end(int signal_number) {
    (void)signal_number;
    _exit(0);
}

int main(void) {
    static struct pollfd polled[CONNECTIONS];
    static char request[65536];
    char answer[256];
    const char *port = getenv("BENCHMARK_PORT");
    int one = 1, count = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((unsigned short)atoi(port ? port : "8080")),
    };
    int length = snprintf(answer, sizeof answer,
                          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                          "Content-Length: %zu\r\n\r\n%s", strlen(BODY), BODY);

    signal(SIGTERM, end); /* process 1 of a container ignores it otherwise */
    signal(SIGPIPE, SIG_IGN);
    polled[0].fd = socket(AF_INET, SOCK_STREAM, 0);
    polled[0].events = POLLIN;
    setsockopt(polled[0].fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(polled[0].fd, (struct sockaddr *)&address, sizeof address) || listen(polled[0].fd, 1024)) {
        perror("cannot listen");
        return 1;
    }
    while (poll(polled, (nfds_t)count, -1) > 0) {
        for (int i = count - 1; i > 0; i--) {
            if (!polled[i].revents)
                continue;
            if (read(polled[i].fd, request, sizeof request) <= 0 ||
                write(polled[i].fd, answer, (size_t)length) != length) {
                close(polled[i].fd);
                polled[i] = polled[--count];
            }
        }
        if (polled[0].revents && count < CONNECTIONS) {
            int fd = accept(polled[0].fd, NULL, NULL);
            if (fd >= 0) {
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                polled[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
            }
        }
    }
    return 1;
}
