package io.reactorscheduler.redis;

import io.lettuce.core.cluster.pubsub.StatefulRedisClusterPubSubConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Channels that somebody listens to. */
interface Channels {

    /**
     * The messages of a channel, and {@link RedisLink#LISTENING} whenever none is missed from then on. Cold; an error when
     * they are not heard any more, after which another subscription may hear them.
     */
    Flux<String> of(String channel);

    /** Leaves the connection alone from now on; those who listen are told so by an error. */
    Mono<Void> close();

    /** Over a connection, which {@link #close} closes only if it is ours. */
    static Channels over(RedisOpener.Messages opened) {
        StatefulRedisPubSubConnection<String, String> connection = opened.connection();
        Mono<Void> end = opened.owned() ? Mono.fromCompletionStage(connection::closeAsync) : Mono.empty();
        return connection instanceof StatefulRedisClusterPubSubConnection<String, String> cluster
                ? new ClusterChannels(cluster, end)
                : ServerChannels.lasting(connection, end);
    }
}
