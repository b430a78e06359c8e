package io.reactorscheduler.redis;

import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.pubsub.StatefulRedisClusterPubSubConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The channels of a cluster, each listened to at the master that has its slot. Any server would tell its messages, but those
 * that go from one server to another wait there for up to 40 ms (Nagle's algorithm; Valkey turned it off, see
 * <a href="https://github.com/valkey-io/valkey/issues/1758">its issue 1758</a>).
 *
 * <p>When a connection is lost or a slot has another master, whoever listens is told so, and hears the new master next.
 */
final class ClusterChannels implements Channels {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterChannels.class);

    private final StatefulRedisClusterPubSubConnection<String, String> cluster;
    private final Mono<Void> end;
    private final Map<String, ServerChannels> masters = new ConcurrentHashMap<>();
    private final Disposable changes;

    ClusterChannels(StatefulRedisClusterPubSubConnection<String, String> cluster, Mono<Void> end) {
        this.cluster = cluster;
        this.end = end;
        this.changes = cluster.getResources()
                .eventBus()
                .get()
                .ofType(ClusterTopologyChangedEvent.class)
                .subscribe(
                        changed -> leaveOthers(),
                        error -> LOG.warn(
                                "Changes of the cluster are not heard of any more; messages may be late", error));
    }

    @Override
    public Flux<String> of(String channel) {
        return Mono.fromCallable(() -> master(channel))
                .switchIfEmpty(Mono.error(
                        () -> new IllegalStateException("No server of the cluster has the slot of " + channel)))
                .flatMapMany(master -> Mono.fromCompletionStage(() -> cluster.getConnectionAsync(master))
                        .flatMapMany(connection -> at(master, connection).of(channel))
                        .doOnNext(message -> check(message, channel, master)));
    }

    /** The slot may have got another master while the connection to this one was made. */
    private void check(String message, String channel, String master) {
        if (message.equals(RedisLink.LISTENING) && !master.equals(master(channel))) {
            throw moved();
        }
    }

    private static CancellationException moved() {
        return new CancellationException("another server has the slot of the channel");
    }

    /** The node that has the slot of a channel; null for none. */
    private @Nullable String master(String channel) {
        int slot = SlotHash.getSlot(channel.getBytes(StandardCharsets.UTF_8));
        RedisClusterNode master = cluster.getPartitions().getMasterBySlot(slot);
        return master == null ? null : master.getNodeId();
    }

    private ServerChannels at(String master, StatefulRedisPubSubConnection<String, String> connection) {
        ServerChannels channels = masters.compute(
                master,
                (id, known) -> known != null && known.isOver(connection) ? known : ServerChannels.fleeting(connection));
        if (changes.isDisposed()) {
            leave(channels);
        }
        return channels;
    }

    private void leaveOthers() {
        masters.forEach((id, channels) -> channels.leave(channel -> !id.equals(master(channel)), moved()));
    }

    @Override
    public Mono<Void> close() {
        changes.dispose();
        masters.values().forEach(ClusterChannels::leave);
        return end;
    }

    /** Its connection is closed with that of the cluster. */
    private static void leave(ServerChannels channels) {
        var unused = channels.close();
    }
}
