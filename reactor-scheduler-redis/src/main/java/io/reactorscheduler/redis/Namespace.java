package io.reactorscheduler.redis;

import io.reactorscheduler.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Looks at the server and at the namespace before they are used: version, settings, format, number of partitions. */
final class Namespace {

    /** The last format that this release knows. */
    static final int FORMAT = 2;

    /** Several partitions have had their keys since this one; all that is older is read of a single one only. */
    private static final int FORMAT_OF_SEVERAL = 2;

    static final int OLDEST_MAJOR = 7;

    private static final Logger LOG = LoggerFactory.getLogger(Namespace.class);

    /** When each partition was made, as this store saw it last; null before. */
    private final AtomicReferenceArray<@Nullable String> made;

    private final RedisSettings settings;
    private final RedisLink link;

    Namespace(RedisSettings settings, RedisLink link) {
        this.settings = settings;
        this.link = link;
        this.made = new AtomicReferenceArray<>(settings.partitions());
    }

    Mono<Void> check(Partitions partitions) {
        return link.info("server")
                .doOnNext(Namespace::checkVersion)
                .then(link.setting("maxmemory-policy").doOnNext(Namespace::checkPolicy))
                .then(make(partitions));
    }

    /** Makes what is not there of the namespace, and looks at what is. */
    private Mono<Void> make(Partitions partitions) {
        return Flux.range(0, partitions.size())
                .map(partitions::at)
                .concatMap(partition -> open(partition).doOnNext(time -> made.set(partition.number(), time)))
                .then();
    }

    /** What is written: of a single partition the first, so that nodes of all releases can use it. */
    private int format() {
        return settings.partitions() == 1 ? 1 : FORMAT;
    }

    /** When it was made. */
    private Mono<String> open(Partition partition) {
        List<String> args = List.of(
                String.valueOf(format()),
                String.valueOf(settings.partitions()),
                String.valueOf(settings.journal()),
                String.valueOf(settings.partitions() == 1 ? 0 : FORMAT_OF_SEVERAL),
                String.valueOf(FORMAT));
        return partition
                .now(Scripts.OPEN, args)
                .doOnNext(reply -> checkFormat(partition, reply))
                .map(reply -> reply.required(3));
    }

    /** Whether the keys of a partition were deleted since this store has seen them, by what a sweep says of when they were made. */
    boolean isEmptied(Partition partition, String madeAt) {
        String known = made.get(partition.number());
        return known != null && !known.equals(madeAt);
    }

    /** Makes a partition again, and what else is to be there. Given up half way, it is still emptied. */
    Mono<Void> makeAgain(Partition partition, Mono<Void> rest) {
        return open(partition)
                .flatMap(time -> rest.then(Mono.<Void>fromRunnable(() -> made.set(partition.number(), time))));
    }

    /** What is to be said of it. */
    String emptied() {
        return "the keys of namespace \"" + settings.namespace()
                + "\" were deleted, as FLUSHALL or FLUSHDB does: its tasks,"
                + " queues and history are lost; the namespace and the queues of this node were made again";
    }

    static void checkVersion(String info) {
        String version = info.lines()
                .filter(line -> line.startsWith("redis_version:"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse("");
        int dot = version.indexOf('.');
        if (dot > 0 && Integer.parseInt(version.substring(0, dot)) < OLDEST_MAJOR) {
            throw new StoreUnavailableException(
                    "Redis: the server is version " + version + ", which is too old; use " + OLDEST_MAJOR
                            + ".0 or later",
                    null);
        }
    }

    private static void checkPolicy(String policy) {
        if (!policy.equals("noeviction")) {
            LOG.warn(
                    "Redis has maxmemory-policy {}: it may delete tasks, leases and history whenever memory runs short, "
                            + "and what it acknowledged is lost. Set maxmemory-policy noeviction",
                    policy);
        }
    }

    private void checkFormat(Partition partition, Row reply) {
        long format = number(partition, reply.text(1), "F", format());
        if (format > FORMAT) {
            throw new StoreUnavailableException(
                    "Redis: namespace \"" + settings.namespace() + "\" has format " + format
                            + ", and this release knows formats up to " + FORMAT + "; upgrade reactor-scheduler-redis",
                    null);
        }
        long number = number(partition, reply.text(2), "p", settings.partitions());
        if (format < FORMAT_OF_SEVERAL && number > 1) {
            throw new StoreUnavailableException(
                    "Redis: namespace \"" + settings.namespace() + "\" has format " + format + " and " + number
                            + " partitions, whose keys this release does not know; use another namespace, and let nodes"
                            + " of the release that made this one run what is left in it",
                    null);
        }
        if (number != settings.partitions()) {
            throw new StoreUnavailableException(
                    "Redis: namespace \"" + settings.namespace() + "\" was made with " + number + " partitions, not "
                            + settings.partitions() + "; say partitions(" + number + "), or use another namespace",
                    null);
        }
    }

    /** @param ours what it says of a namespace that this store has made */
    private static long number(Partition partition, @Nullable String value, String field, int ours) {
        try {
            return Long.parseLong(value == null ? "" : value);
        } catch (NumberFormatException damaged) {
            throw new StoreUnavailableException(
                    "Redis: field \"" + field + "\" of key \"" + partition.metaKey() + "\" is "
                            + (value == null ? "missing" : "\"" + value + "\"")
                            + ", which is no number: something else wrote to it, so nobody can say how the namespace "
                            + "was made; it is left as it is. If it was made by this release and as this node is set, HSET "
                            + partition.metaKey() + " " + field + " " + ours + " mends it; else use another namespace",
                    damaged);
        }
    }
}
