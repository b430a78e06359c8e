package io.reactorscheduler.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports of the loopback address, below those that systems give to outgoing connections: so a port stays free while its server
 * is down for a restart. A cluster node also listens 10,000 above its port, which is below them too.
 */
final class Ports {

    static final int CLUSTER_BUS_OFFSET = 10_000;

    private static final int FROM = 12_000;
    private static final int TO = 22_000;
    private static final int ATTEMPTS = 1_000;

    private Ports() {}

    /** A port that was free just now, as was the one of its cluster bus. */
    static int free() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FROM, TO);
            if (isFree(port) && isFree(port + CLUSTER_BUS_OFFSET)) {
                return port;
            }
        }
        throw new IllegalStateException("No free port between " + FROM + " and " + TO);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
