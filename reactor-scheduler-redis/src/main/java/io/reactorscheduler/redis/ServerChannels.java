package io.reactorscheduler.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.RedisPubSubListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/** The channels of one connection. */
final class ServerChannels extends RedisPubSubAdapter<String, String>
        implements Channels, RedisConnectionStateListener {

    private final StatefulRedisPubSubConnection<String, String> connection;
    private final Mono<Void> end;
    private final Map<String, List<FluxSink<String>>> sinks = new HashMap<>();

    /** Why nothing is heard any more; null as long as something is. */
    private @Nullable CancellationException ended;

    private ServerChannels(StatefulRedisPubSubConnection<String, String> connection, Mono<Void> end) {
        this.connection = connection;
        this.end = end;
        connection.addListener((RedisPubSubListener<String, String>) this);
    }

    /** Over a connection that Lettuce makes again when it is lost, and then subscribes to all channels again. */
    static ServerChannels lasting(StatefulRedisPubSubConnection<String, String> connection, Mono<Void> end) {
        return new ServerChannels(connection, end);
    }

    /** Over a connection to one of several servers: when it is lost these are of no more use, since another one may serve. */
    static ServerChannels fleeting(StatefulRedisPubSubConnection<String, String> connection) {
        ServerChannels channels = new ServerChannels(connection, Mono.empty());
        connection.addListener((RedisConnectionStateListener) channels);
        if (!connection.isOpen()) {
            channels.lost();
        }
        return channels;
    }

    @Override
    public Flux<String> of(String channel) {
        return Flux.create(sink -> {
            sink.onDispose(() -> remove(channel, sink));
            add(channel, sink);
        });
    }

    private void add(String channel, FluxSink<String> sink) {
        boolean isFirst;
        CancellationException reason;
        // the command too, lest it overtakes that of another subscriber
        synchronized (this) {
            reason = ended;
            List<FluxSink<String>> known = sinks.get(channel);
            isFirst = known == null;
            if (reason == null) {
                List<FluxSink<String>> more = known == null ? new ArrayList<>() : new ArrayList<>(known);
                more.add(sink);
                sinks.put(channel, more);
            }
            if (reason == null && isFirst) {
                var unused = connection.async().subscribe(channel).exceptionally(error -> {
                    sink.error(error);
                    return null;
                });
            }
        }
        if (reason != null) {
            sink.error(reason);
        } else if (!isFirst) {
            sink.next(RedisLink.LISTENING);
        }
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
            var unused = connection.async().unsubscribe(channel);
        }
    }

    /** Also after a lost connection, when Lettuce subscribes again. */
    @Override
    public void subscribed(String channel, long count) {
        message(channel, RedisLink.LISTENING);
    }

    @Override
    public void message(String channel, String message) {
        List<FluxSink<String>> listening;
        synchronized (this) {
            listening = sinks.getOrDefault(channel, List.of());
        }
        listening.forEach(sink -> sink.next(message));
    }

    /** Tells those who listen to some of the channels that they are not heard here any more. */
    void leave(Predicate<String> channels, String why) {
        List<FluxSink<String>> left;
        synchronized (this) {
            left = sinks.entrySet().stream()
                    .filter(entry -> channels.test(entry.getKey()))
                    .flatMap(entry -> entry.getValue().stream())
                    .toList();
        }
        left.forEach(sink -> sink.error(new CancellationException(why)));
    }

    // ---- the end

    boolean isOver() {
        return over() != null;
    }

    private synchronized @Nullable CancellationException over() {
        return ended;
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
        lost();
    }

    private void lost() {
        end("the connection to the server was lost");
    }

    /** The connection is closed by whoever made it, if not by the result. */
    @Override
    public Mono<Void> close() {
        end("closed here");
        return end;
    }

    private void end(String why) {
        synchronized (this) {
            ended = new CancellationException(why);
        }
        connection.removeListener((RedisPubSubListener<String, String>) this);
        connection.removeListener((RedisConnectionStateListener) this);
        leave(channel -> true, why);
    }
}
