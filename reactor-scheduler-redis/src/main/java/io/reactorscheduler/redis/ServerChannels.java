package io.reactorscheduler.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.RedisPubSubListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/** The channels of one connection, which Lettuce makes again when it is lost, and then subscribes to all channels again. */
final class ServerChannels extends RedisPubSubAdapter<String, String>
        implements Channels, RedisConnectionStateListener {

    private static final String LOST = "the connection to the server was lost";
    private static final String CLOSED = "closed here";

    private final StatefulRedisPubSubConnection<String, String> connection;
    private final Mono<Void> end;

    /** Whether those who listen are told when the connection is lost. */
    private final boolean isFleeting;

    private final Map<String, List<FluxSink<String>>> sinks = new HashMap<>();

    /** Channels to which Lettuce will subscribe again although nobody listens any more. */
    private final Set<String> left = new HashSet<>();

    private boolean isClosed;

    private ServerChannels(
            StatefulRedisPubSubConnection<String, String> connection, Mono<Void> end, boolean isFleeting) {
        this.connection = connection;
        this.end = end;
        this.isFleeting = isFleeting;
    }

    /** Over a connection to the one server there is: who listens waits until it is there again. */
    static ServerChannels lasting(StatefulRedisPubSubConnection<String, String> connection, Mono<Void> end) {
        return new ServerChannels(connection, end, false).listening();
    }

    /** Over a connection to one of several servers: when it is lost who listens is told, since another one may serve. */
    static ServerChannels fleeting(StatefulRedisPubSubConnection<String, String> connection) {
        return new ServerChannels(connection, Mono.empty(), true).listening();
    }

    private ServerChannels listening() {
        connection.addListener((RedisPubSubListener<String, String>) this);
        connection.addListener((RedisConnectionStateListener) this);
        return this;
    }

    boolean isOver(StatefulRedisPubSubConnection<String, String> other) {
        return connection == other;
    }

    // ---- who listens

    @Override
    public Flux<String> of(String channel) {
        return Flux.create(sink -> {
            sink.onDispose(() -> remove(channel, sink));
            add(channel, sink);
        });
    }

    private void add(String channel, FluxSink<String> sink) {
        boolean isFirst;
        String refusal;
        CompletionStage<Void> subscribing = null;
        // the command too, lest it overtakes that of another subscriber
        synchronized (this) {
            if (sink.isCancelled()) {
                return;
            }
            refusal = isClosed ? CLOSED : isFleeting && !connection.isOpen() ? LOST : "";
            List<FluxSink<String>> known = sinks.get(channel);
            isFirst = known == null;
            if (refusal.isEmpty()) {
                List<FluxSink<String>> more = known == null ? new ArrayList<>() : new ArrayList<>(known);
                more.add(sink);
                sinks.put(channel, more);
                left.remove(channel);
                if (isFirst) {
                    subscribing = connection.async().subscribe(channel);
                }
            }
        }
        if (!refusal.isEmpty()) {
            sink.error(new CancellationException(refusal));
        } else if (subscribing != null) {
            leaveOnError(subscribing, channel);
        } else {
            sink.next(RedisLink.LISTENING);
        }
    }

    private void leaveOnError(CompletionStage<Void> subscribing, String channel) {
        var unused = subscribing.exceptionally(error -> {
            leave(channel::equals, error);
            return null;
        });
    }

    private synchronized void remove(String channel, FluxSink<String> sink) {
        List<FluxSink<String>> known = sinks.get(channel);
        if (known == null) {
            return;
        }
        List<FluxSink<String>> fewer = new ArrayList<>(known);
        fewer.remove(sink);
        if (!fewer.isEmpty()) {
            sinks.put(channel, fewer);
            return;
        }
        sinks.remove(channel);
        if (connection.isOpen()) {
            unsubscribe(channel);
        } else {
            left.add(channel);
        }
    }

    private void unsubscribe(String channel) {
        var unused = connection.async().unsubscribe(channel);
    }

    /** Tells those who listen to some of the channels that they are not heard here any more. */
    void leave(Predicate<String> channels, Throwable why) {
        List<FluxSink<String>> leaving;
        synchronized (this) {
            leaving = sinks.entrySet().stream()
                    .filter(entry -> channels.test(entry.getKey()))
                    .flatMap(entry -> entry.getValue().stream())
                    .toList();
        }
        leaving.forEach(sink -> sink.error(why));
    }

    // ---- what the connection says

    /** Also after a lost connection, when Lettuce subscribes again. */
    @Override
    public void subscribed(String channel, long count) {
        boolean isLeft;
        synchronized (this) {
            isLeft = left.remove(channel);
        }
        if (isLeft) {
            unsubscribe(channel);
        } else {
            message(channel, RedisLink.LISTENING);
        }
    }

    /** Also by another store over the same connection. */
    @Override
    public void unsubscribed(String channel, long count) {
        CompletionStage<Void> subscribing = null;
        synchronized (this) {
            if (sinks.containsKey(channel)) {
                subscribing = connection.async().subscribe(channel);
            }
        }
        if (subscribing != null) {
            leaveOnError(subscribing, channel);
        }
    }

    @Override
    public void message(String channel, String message) {
        List<FluxSink<String>> listening;
        synchronized (this) {
            listening = sinks.getOrDefault(channel, List.of());
        }
        listening.forEach(sink -> sink.next(message));
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
        if (isFleeting) {
            leave(channel -> true, new CancellationException(LOST));
        }
    }

    /** The connection is closed by whoever made it, if not by the result. */
    @Override
    public Mono<Void> close() {
        synchronized (this) {
            isClosed = true;
        }
        connection.removeListener((RedisPubSubListener<String, String>) this);
        connection.removeListener((RedisConnectionStateListener) this);
        leave(channel -> true, new CancellationException(CLOSED));
        return end;
    }
}
