package io.reactorscheduler.redis;

import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Finds blocking calls that code of ours makes. What Lettuce and Netty do on their own threads is theirs: they hold short
 * locks while they connect, and an error thrown into them there would leave a connection half made for ever.
 */
public final class OwnCallsOnly implements BlockHoundIntegration {

    private static final String OURS = "io.reactorscheduler.";
    private static final String CLUSTER_CONNECTIONS = "io.lettuce.core.cluster.PooledClusterConnectionProvider";
    private static final String LOCK = "io.lettuce.core.protocol.SharedLock";

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.blockingMethodCallback(method -> {
                    if (isAskedForByUs()) {
                        throw new BlockingOperationError(method);
                    }
                })
                // whoever writes a command waits for others to count themselves in or out
                .allowBlockingCallsInside(LOCK, "incrementWriters")
                .allowBlockingCallsInside(LOCK, "decrementWriters")
                .allowBlockingCallsInside(LOCK, "doExclusive")
                // a cluster client connects to a node at its first command: others may connect, and it reads whom to
                // trust
                .allowBlockingCallsInside(CLUSTER_CONNECTIONS, "getConnectionAsync")
                // Netty's allocator grows under a short lock
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator", "allocate")
                // two nodes in one JVM may read the first value of a type at the same moment
                .allowBlockingCallsInside(
                        "tools.jackson.databind.deser.DeserializerCache", "_createAndCacheValueDeserializer");
    }

    private static boolean isAskedForByUs() {
        return StackWalker.getInstance()
                .walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                        .anyMatch(name -> name.startsWith(OURS) && !name.startsWith(OwnCallsOnly.class.getName())));
    }
}
