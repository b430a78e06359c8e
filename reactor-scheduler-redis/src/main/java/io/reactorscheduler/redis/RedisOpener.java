package io.reactorscheduler.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** How connections are made, and which of it is ours to close. */
interface RedisOpener {

    /** A look asks every server of a cluster over a connection of its own. */
    Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    /** Connects for commands. */
    Mono<Commands> commands();

    /** Connects for messages. */
    Mono<Messages> messages();

    /**
     * A call got no answer: whoever serves what it is about may have changed without a word, as when a master of a cluster
     * stands still. At most one look at a time, and a pause after each: an answer that is late may have other reasons.
     */
    default Mono<Void> lookAgain() {
        return Mono.empty();
    }

    /** Lets go of the client at once, where it was made here; closes it when subscribed. */
    Mono<Void> close();

    /**
     * A connection for commands.
     *
     * @param async its commands
     * @param owned what to close, null where it was given
     */
    record Commands(
            RedisClusterAsyncCommands<String, String> async,
            @Nullable StatefulConnection<?, ?> owned) {}

    /**
     * A connection for messages.
     *
     * @param connection where channels are subscribed
     * @param owned whether to close it
     */
    record Messages(StatefulRedisPubSubConnection<String, String> connection, boolean owned) {}

    /** Over a client of one server or of Sentinel. */
    static RedisOpener of(RedisClient client) {
        return new RedisOpener() {
            @Override
            public Mono<Commands> commands() {
                // Lettuce connects off this thread, but may look up names on it: its asynchronous way needs the URI
                return Mono.fromCallable(() -> client.connect(StringCodec.UTF8))
                        .map(connection -> new Commands(connection.async(), connection))
                        .subscribeOn(Schedulers.boundedElastic());
            }

            @Override
            public Mono<Messages> messages() {
                return Mono.fromCallable(() -> client.connectPubSub(StringCodec.UTF8))
                        .map(connection -> new Messages(connection, true))
                        .subscribeOn(Schedulers.boundedElastic());
            }

            @Override
            public Mono<Void> close() {
                return Mono.empty();
            }
        };
    }

    /** Over a client of a cluster. */
    static RedisOpener of(RedisClusterClient client) {
        return new RedisOpener() {
            private final AtomicBoolean looks = new AtomicBoolean();

            @Override
            public Mono<Void> lookAgain() {
                return Mono.defer(() -> looks.compareAndSet(false, true)
                        ? Mono.fromCompletionStage(client::refreshPartitionsAsync)
                                .subscribeOn(Schedulers.boundedElastic())
                                .materialize()
                                .delayElement(BETWEEN_LOOKS)
                                .<Void>dematerialize()
                                .doFinally(end -> looks.set(false))
                        : Mono.empty());
            }

            @Override
            public Mono<Commands> commands() {
                return Mono.fromCallable(() -> client.connect(StringCodec.UTF8))
                        .map(connection -> new Commands(connection.async(), connection))
                        .subscribeOn(Schedulers.boundedElastic());
            }

            @Override
            public Mono<Messages> messages() {
                return Mono.fromCallable(() -> client.connectPubSub(StringCodec.UTF8))
                        .<Messages>map(connection -> new Messages(connection, true))
                        .subscribeOn(Schedulers.boundedElastic());
            }

            @Override
            public Mono<Void> close() {
                return Mono.empty();
            }
        };
    }

    /** Over connections that the caller made and closes. */
    static RedisOpener of(
            StatefulRedisConnection<String, String> commands, StatefulRedisPubSubConnection<String, String> messages) {
        return given(commands.async(), messages);
    }

    /** Over connections that the caller made and closes. */
    static RedisOpener of(
            StatefulRedisClusterConnection<String, String> commands,
            StatefulRedisPubSubConnection<String, String> messages) {
        return given(commands.async(), messages);
    }

    private static RedisOpener given(
            RedisClusterAsyncCommands<String, String> commands,
            StatefulRedisPubSubConnection<String, String> messages) {
        return new RedisOpener() {
            @Override
            public Mono<Commands> commands() {
                return Mono.just(new Commands(commands, null));
            }

            @Override
            public Mono<Messages> messages() {
                return Mono.just(new Messages(messages, false));
            }

            @Override
            public Mono<Void> close() {
                return Mono.empty();
            }
        };
    }
}
