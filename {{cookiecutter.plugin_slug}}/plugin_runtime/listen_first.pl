# Listen on PLUGIN_PORT, then become the program in the arguments, which finds the socket's number in
# PLUGIN_LISTENER: perl listen_first.pl PROGRAM ARGUMENT...
#
# The host asks for health a few milliseconds after it has started the container, and again only a
# second later. Perl, which every Debian image has, listens within 2 of them; Python needs 9 to begin.
# Where anything stands in the way, nothing is set, and server.py listens itself or says why it cannot.
delete $ENV{PLUGIN_LISTENER};
my $port = $ENV{PLUGIN_PORT} // "";
$^F = 255;    # the socket is not closed when the program begins
if (   !$ENV{PLUGIN_HOST}
    && $port =~ /^[1-9][0-9]{0,4}$/
    && $port <= 65535
    && socket(LISTENER, 2, 1, 0)         # AF_INET, SOCK_STREAM: as numbers, without a module to load
    && setsockopt(LISTENER, 1, 2, 1)     # SOL_SOCKET, SO_REUSEADDR
    && bind(LISTENER, pack("S n a4 x8", 2, $port, "\0" x 4))    # struct sockaddr_in, any address
    && listen(LISTENER, 1024)) {
    $ENV{PLUGIN_LISTENER} = fileno(LISTENER);
}
exec { $ARGV[0] } @ARGV or die "cannot start $ARGV[0]: $!\n";
