package io.reactorscheduler.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Makes a client for a URI at first use, and another one after it was closed. Asks the server whether it is part of a
 * cluster, and makes a client of the cluster then.
 */
final class UriOpener implements RedisOpener {

    private static final Duration LONGEST_RECONNECT_DELAY = Duration.ofSeconds(1);

    /**
     * Each refresh connects to every node of a cluster and sends it six commands, which an idle client would send for nothing.
     * What changes is learned of by redirections, by connections that are lost, and by calls that get no answer.
     */
    private static final Duration TOPOLOGY_REFRESH = Duration.ofMinutes(30);

    private final RedisURI uri;
    private final Duration timeout;
    private final Kept<Made> made =
            new Kept<>(() -> Mono.fromCallable(this::make).subscribeOn(Schedulers.boundedElastic()));

    UriOpener(RedisURI uri, Duration timeout) {
        this.uri = uri;
        this.timeout = timeout;
        uri.setTimeout(timeout);
        uri.getSentinels().forEach(sentinel -> sentinel.setTimeout(timeout));
    }

    private record Made(RedisOpener opener, ClientResources resources, Runnable shutdown) {}

    @Override
    public Mono<Commands> commands() {
        return opener().flatMap(RedisOpener::commands);
    }

    @Override
    public Mono<Messages> messages() {
        return opener().flatMap(RedisOpener::messages);
    }

    @Override
    public Mono<Void> lookAgain() {
        return Mono.defer(made::known).flatMap(known -> known.opener().lookAgain());
    }

    private Mono<RedisOpener> opener() {
        return made.get().map(Made::opener);
    }

    private Made make() {
        ClientResources resources = ClientResources.builder()
                .reconnectDelay(
                        Delay.equalJitter(Duration.ofMillis(10), LONGEST_RECONNECT_DELAY, 2, TimeUnit.MILLISECONDS))
                .build();
        try {
            return make(resources);
        } catch (RuntimeException unreachable) {
            var unused = resources.shutdown(0, 1, TimeUnit.SECONDS);
            throw unreachable;
        }
    }

    private Made make(ClientResources resources) {
        SocketOptions socket =
                SocketOptions.builder().connectTimeout(timeout).keepAlive(true).build();
        RedisClient client = RedisClient.create(resources, uri);
        client.setOptions(ClientOptions.builder().socketOptions(socket).build());
        boolean isCluster;
        try {
            isCluster = isCluster(client);
        } catch (RuntimeException unreachable) {
            client.shutdown(0, 1, TimeUnit.SECONDS);
            throw unreachable;
        }
        if (!isCluster) {
            return new Made(RedisOpener.of(client), resources, () -> client.shutdown(0, 1, TimeUnit.SECONDS));
        }
        client.shutdown(0, 1, TimeUnit.SECONDS);
        RedisClusterClient cluster = RedisClusterClient.create(resources, uri);
        cluster.setOptions(ClusterClientOptions.builder()
                .socketOptions(socket)
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                        .adaptiveRefreshTriggersTimeout(timeout)
                        .build())
                .build());
        return new Made(RedisOpener.of(cluster), resources, () -> cluster.shutdown(0, 1, TimeUnit.SECONDS));
    }

    private static boolean isCluster(RedisClient client) {
        try (var connection = client.connect()) {
            return connection.sync().info("server").contains("redis_mode:cluster");
        }
    }

    @Override
    public Mono<Void> close() {
        // what could not be made needs no close
        return made.letGo()
                .onErrorComplete()
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(UriOpener::shutdown)
                .then();
    }

    private static void shutdown(Made known) {
        known.shutdown().run();
        var unused = known.resources().shutdown(0, 1, TimeUnit.SECONDS);
    }
}
