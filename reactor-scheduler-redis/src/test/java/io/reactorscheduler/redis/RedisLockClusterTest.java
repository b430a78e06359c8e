package io.reactorscheduler.redis;

import io.lettuce.core.RedisURI;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;

/** Locks and leadership on a cluster. */
class RedisLockClusterTest extends LockContract {

    private EmbeddedRedisCluster cluster;

    @Override
    void start() {
        cluster = EmbeddedRedisCluster.start(3, 0);
    }

    @Override
    void stop() {
        cluster.close();
    }

    @Override
    String uri() {
        return cluster.uris().get(0);
    }

    @Override
    void command(String... words) {
        cluster.nodes().forEach(node -> node.command(words));
    }

    @Override
    RedisLink link() {
        return new LettuceLink(new UriOpener(RedisURI.create(uri()), BUSY), BUSY);
    }

    @Override
    long inLine(String lock) {
        String line = "{reactor-scheduler:lock:" + lock + "}:line";
        return (Long) cluster.masterOf(line).command("ZCARD", line);
    }
}
