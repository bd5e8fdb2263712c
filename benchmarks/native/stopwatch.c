/* Milliseconds from the start of a process to its first healthy answer.
 *
 *     stopwatch PORT PATH MARK -- COMMAND...
 *
 * asks GET PATH on 127.0.0.1:PORT every millisecond until the status is 200 and the answer holds
 * MARK. PORT 0: until the process has ended. The process gets CPU 0, the questions come from CPU 1.
 * It is linked statically, so that it runs in any image; an interpreter would disturb the figure.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 60000

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void use_cpu(int number) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(number, &set);
    sched_setaffinity(0, sizeof set, &set); /* without effect on a machine with one CPU */
}

static int is_healthy(int port, const char *path, const char *mark) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    struct timeval limit = {.tv_sec = 10};
    char text[65536];
    size_t got = 0;
    ssize_t n;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) {
        close(fd);
        return 0;
    }
    n = snprintf(text, sizeof text,
                 "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    if (write(fd, text, (size_t)n) == n)
        while (got < sizeof text - 1 && (n = read(fd, text + got, sizeof text - 1 - got)) > 0) {
            got += (size_t)n;
            text[got] = 0;
            if (strstr(text, mark))
                break;
        }
    text[got] = 0;
    close(fd);
    return got > 12 && !strncmp(text + 9, "200", 3) && strstr(text, mark) != NULL;
}

int main(int count, char **arguments) {
    if (count < 6 || strcmp(arguments[4], "--")) {
        fprintf(stderr, "usage: stopwatch PORT PATH MARK -- COMMAND...\n");
        return 2;
    }
    int port = atoi(arguments[1]), status = 0;
    double started = now_ms(), elapsed = -1;
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_RDWR);
        setpgid(0, 0); /* not a new session, which would have a priority of its own */
        use_cpu(0);
        dup2(nowhere, 1);
        if (!getenv("STOPWATCH_VERBOSE"))
            dup2(nowhere, 2);
        execvp(arguments[5], arguments + 5);
        _exit(127);
    }
    use_cpu(1);
    while (now_ms() - started < PATIENCE_MS) {
        if (port && is_healthy(port, arguments[2], arguments[3])) {
            elapsed = now_ms() - started;
            break;
        }
        if (waitpid(child, &status, port ? WNOHANG : 0) == child) {
            if (!port && WIFEXITED(status) && WEXITSTATUS(status) == 0)
                elapsed = now_ms() - started;
            break;
        }
        usleep(1000);
    }
    kill(-child, SIGKILL);
    waitpid(child, &status, 0);
    if (elapsed < 0) {
        fprintf(stderr, "stopwatch: %s ended or never was healthy\n", arguments[5]);
        return 1;
    }
    printf("%.3f\n", elapsed);
    return 0;
}
