package io.reactorscheduler.redis;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Lets threads that write commands wait for each other inside Lettuce, for as long as one needs to count itself in or out. An error
 * thrown there would leave the count wrong and hang the connection for ever.
 */
public final class LettuceLocks implements BlockHoundIntegration {

    private static final String LOCK = "io.lettuce.core.protocol.SharedLock";

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside(LOCK, "incrementWriters")
                .allowBlockingCallsInside(LOCK, "decrementWriters")
                .allowBlockingCallsInside(LOCK, "doExclusive")
                // the handshake of TLS reads random bytes and the trust store on the event loop
                .allowBlockingCallsInside("java.security.SecureRandom", "nextBytes")
                .allowBlockingCallsInside("io.netty.handler.ssl.SslContextBuilder", "build")
                .allowBlockingCallsInside("io.netty.handler.ssl.SslContextBuilder", "trustManager")
                .allowBlockingCallsInside("io.netty.handler.ssl.SslHandler", "decode")
                // several connections that are made at the same moment
                .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator", "allocate")
                // two nodes in one JVM may read the first value of a type at the same moment
                .allowBlockingCallsInside(
                        "tools.jackson.databind.deser.DeserializerCache", "_createAndCacheValueDeserializer");
    }
}
