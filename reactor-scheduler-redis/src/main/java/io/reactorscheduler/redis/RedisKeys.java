package io.reactorscheduler.redis;

import io.lettuce.core.cluster.SlotHash;
import io.reactorscheduler.InvalidTaskException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Makes every key that Java names. The keys of a partition begin with a tag in braces, so they share a slot; scripts are
 * given that prefix and append to it as {@code docs/redis.md} lists.
 *
 * <p>Masters of a cluster serve ranges of slots, mostly of one size, and hashes of few tags would fall on them as dice do. So
 * partitions have tags whose slots are an even distance apart, give or take a quarter of it or 64 slots:
 * {@code namespace:partition}, or with the first number behind it ({@code namespace:5.17}) that gives such a slot. They are
 * counted from the first partition, whose tag is plain whatever their number is: there it stands how the namespace was made.
 */
final class RedisKeys {

    private static final int MAX_NAMESPACE = 100;

    /** Of the distance of two partitions; the farther off a slot may be, the sooner it is found. */
    private static final int PART_THAT_IS_NEAR = 4;

    /** As near as this is near enough: 256 tags are tried for one on average. */
    private static final int NEAR = SlotHash.SLOT_COUNT / 256;

    private final String namespace;
    private final List<String> prefixes;

    /** Of locks, and to look at a namespace: without partitions. */
    RedisKeys(String namespace) {
        this(namespace, 0);
    }

    RedisKeys(String namespace, int partitions) {
        boolean isUsable = !namespace.isBlank()
                && namespace.length() <= MAX_NAMESPACE
                && namespace.indexOf('{') < 0
                && namespace.indexOf('}') < 0;
        if (!isUsable) {
            throw new InvalidTaskException(
                    "namespace", namespace, "give 1 to " + MAX_NAMESPACE + " characters without braces");
        }
        this.namespace = namespace;
        this.prefixes = IntStream.range(0, partitions)
                .mapToObj(partition -> "{" + tag(partition, partitions) + "}:")
                .toList();
    }

    private String tag(int partition, int partitions) {
        String plain = namespace + ":" + partition;
        int near = Math.max(NEAR, SlotHash.SLOT_COUNT / partitions / PART_THAT_IS_NEAR);
        int wanted = slot(namespace + ":0") + partition * SlotHash.SLOT_COUNT / partitions;
        String tag = plain;
        for (int i = 1; Math.floorMod(slot(tag) - wanted, SlotHash.SLOT_COUNT) >= near; i++) {
            tag = plain + "." + i;
        }
        return tag;
    }

    /** By the bytes that are sent: those of a text depend on the JVM. */
    private static int slot(String tag) {
        return SlotHash.getSlot(tag.getBytes(StandardCharsets.UTF_8));
    }

    /** What the keys of a partition begin with. */
    String prefix(int partition) {
        return prefixes.get(partition);
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
