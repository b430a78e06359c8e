package io.reactorscheduler.redis;

import io.reactorscheduler.InvalidTaskException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Makes every key that Java names. The keys of a partition begin with {@code {namespace:partition}:}, so they share a
 * slot; scripts are given that prefix and append to it as {@code docs/redis.md} lists.
 */
final class RedisKeys {

    private static final int MAX_NAMESPACE = 100;

    private final String namespace;

    RedisKeys(String namespace) {
        boolean isUsable = !namespace.isBlank()
                && namespace.length() <= MAX_NAMESPACE
                && namespace.indexOf('{') < 0
                && namespace.indexOf('}') < 0;
        if (!isUsable) {
            throw new InvalidTaskException(
                    "namespace", namespace, "give 1 to " + MAX_NAMESPACE + " characters without braces");
        }
        this.namespace = namespace;
    }

    /** What the keys of a partition begin with. */
    String prefix(int partition) {
        return "{" + namespace + ":" + partition + "}:";
    }

    /** What the namespace is, and what a partition counts. */
    String meta(int partition) {
        return prefix(partition) + "m";
    }

    /** Where the scripts of a partition tell news. */
    String hints(int partition) {
        return prefix(partition) + "hints";
    }

    /** Where the scripts of a partition say that the journal has grown. */
    String journal(int partition) {
        return prefix(partition) + "journal";
    }

    /** A lock; what its scripts append to it is in the same slot. Braces of the name are written otherwise. */
    String lock(String name) {
        String plain = name.replace("%", "%25").replace("{", "%7B").replace("}", "%7D");
        return "{" + namespace + ":lock:" + plain + "}";
    }

    /** What the channels begin with on which clients are told that it is their turn. */
    String lockChannels() {
        return "{" + namespace + ":lock}:";
    }

    /** The partition of a task: the same on every node and in every release. */
    static int partitionOf(String taskId, int partitions) {
        if (partitions == 1) {
            return 0;
        }
        CRC32 hash = new CRC32();
        hash.update(taskId.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % partitions);
    }
}
