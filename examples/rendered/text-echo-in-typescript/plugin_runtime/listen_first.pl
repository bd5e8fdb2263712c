# Listen on PLUGIN_PORT, then become the program given as arguments. It gets the socket the way systemd
# passes one (sd_listen_fds(3)): LISTEN_FDS=1, LISTEN_PID and descriptor 3.
# Usage: perl -tX listen_first.pl PROGRAM ARGUMENT...
#
# Why: the host polls health as soon as it has started the container, and then only once a second:
# `const delayMs = 1000` in waitForContainerReady (CapabilitiesManager, src/utils/containerManager.ts).
# Perl, which every Debian image has, listens within 2 ms; Node needs 25 ms to begin. When the host
# polls more often, remove this file: server.cts listens by itself if no socket is handed over.
#
# -t: Perl ignores PERL5OPT and PERL5LIB, which the host may inject. -X: no warnings about that.
delete @ENV{qw(LISTEN_FDS LISTEN_PID LISTEN_FDNAMES)};

# The host's own Node options would be read before any line of the server: NODE_OPTIONS=--require of a
# file that is not here ends every start, --max-old-space-size=4096 is more than the container has.
delete @ENV{grep { /^NODE_/ } keys %ENV};
$ENV{NODE_COMPILE_CACHE} = $ARGV[-1] =~ s{[^/]*$}{}r . ".cache";

my $port = $ENV{PLUGIN_PORT} // "";
$^F = 255;    # keep the socket open when the program begins
if (   !$ENV{PLUGIN_HOST}
    && $port =~ /^[1-9][0-9]{0,4}$/
    && $port <= 65535
    && socket(LISTENER, 2, 1, 0)         # AF_INET, SOCK_STREAM: as numbers, without a module to load
    && fileno(LISTENER) == 3
    && setsockopt(LISTENER, 1, 2, 1)     # SOL_SOCKET, SO_REUSEADDR
    && bind(LISTENER, pack("S n a4 x8", 2, $port, "\0" x 4))    # struct sockaddr_in, any address
    && listen(LISTENER, 1024)) {
    $ENV{LISTEN_FDS} = 1;
    $ENV{LISTEN_PID} = $$;
}
else {
    close(LISTENER);    # server.cts listens, or says why it cannot
}
exec { $ARGV[0] } @ARGV or die "cannot start $ARGV[0]: $!\n";
