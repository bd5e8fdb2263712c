# Listen on PLUGIN_PORT, then become the program given as arguments. It gets the socket the way systemd
# passes one (sd_listen_fds(3)): LISTEN_FDS=1, LISTEN_PID and descriptor 3.
# Usage: perl -tX listen_first.pl PROGRAM ARGUMENT...
#
# Why: the host polls health as soon as it has started the container, and then only once a second:
# `const delayMs = 1000` in waitForContainerReady (CapabilitiesManager, src/utils/containerManager.ts).
# Perl, which every Debian image has, listens within 2 ms; Python needs 9 ms to begin. When the host
# polls more often, remove this file: server.py listens by itself if no socket is handed over.
#
# -t: Perl ignores PERL5OPT and PERL5LIB, which the host may inject. -X: no warnings about that.
delete @ENV{qw(LISTEN_FDS LISTEN_PID LISTEN_FDNAMES)};

# PID 1 loses a SIGTERM that it has no handler for, unless the signal is blocked: then it stays pending
# until server.py has a handler and unblocks it. rt_sigprocmask has another number on each machine.
my $number = -e "/lib64/ld-linux-x86-64.so.2" ? 14 : -e "/lib/ld-linux-aarch64.so.1" ? 135 : 0;
my $sigterm = pack("Q", 1 << 14);
syscall($number, 0, $sigterm, 0, 8) if $number;    # 0: SIG_BLOCK; 8: bytes of the mask

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
    close(LISTENER);    # server.py listens, or says why it cannot
}
exec { $ARGV[0] } @ARGV or die "cannot start $ARGV[0]: $!\n";
