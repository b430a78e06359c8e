package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Partitions lie evenly in the slots, under tags that stay what they are. */
class EvenSlotsTest {

    private static final int MOST_MASTERS = 64;

    private static Stream<String> prefixes(String namespace, int partitions) {
        RedisKeys keys = new RedisKeys(namespace, partitions);
        return IntStream.range(0, partitions).mapToObj(keys::prefix);
    }

    @Test
    void noMasterHasOverOnePartitionMoreThanItsShare() {
        Stream.of("reactor-scheduler", "n", "a:b", "Größe").forEach(EvenSlotsTest::assertNoMasterHasMore);
    }

    private static void assertNoMasterHasMore(String namespace) {
        for (int partitions = 1; partitions <= 256; partitions++) {
            int[] slots =
                    prefixes(namespace, partitions).mapToInt(SlotHash::getSlot).toArray();
            for (int masters = 1; masters <= MOST_MASTERS; masters++) {
                assertThat(most(slots, masters))
                        .as("%d partitions on %d masters", partitions, masters)
                        .isLessThanOrEqualTo((partitions + masters - 1) / masters + 1);
            }
        }
    }

    /** The most partitions of one of several masters, which have equal ranges of slots. */
    private static long most(int[] slots, int masters) {
        int[] counts = new int[masters];
        for (int slot : slots) {
            counts[slot * masters / SlotHash.SLOT_COUNT]++;
        }
        return IntStream.of(counts).max().orElseThrow();
    }

    @Test
    void withTheMostPartitionsAMasterHasItsShareAsWell() {
        int[] slots = prefixes("reactor-scheduler", RedisTaskStore.MOST_PARTITIONS)
                .mapToInt(SlotHash::getSlot)
                .toArray();
        for (int masters = 1; masters <= MOST_MASTERS; masters++) {
            int share = RedisTaskStore.MOST_PARTITIONS / masters;
            // tags may be 64 slots off, and partitions are 16 slots apart
            assertThat(most(slots, masters)).isLessThanOrEqualTo(share + 5);
        }
    }

    @Test
    void theFirstIsPlainWhateverTheNumberOfPartitions() {
        for (int partitions = 1; partitions <= 256; partitions++) {
            assertThat(new RedisKeys("n", partitions).prefix(0)).isEqualTo("{n:0}:");
        }
    }

    @Test
    void twoPartitionsNeverShareATagAlsoOfOtherNamespaces() {
        List<String> all = Stream.of("a", "a:3", "a:3.1", "a:3.1:5")
                .flatMap(namespace -> prefixes(namespace, 256))
                .toList();
        assertThat(all).doesNotHaveDuplicates().hasSize(4 * 256);
    }

    /** Whoever changes them loses what namespaces have: these are what nodes of all releases look for. */
    @Test
    void theTagsAreThoseOfAllReleases() {
        assertThat(prefixes("reactor-scheduler", 4).map(EvenSlotsTest::tag))
                .containsExactly(
                        "reactor-scheduler:0",
                        "reactor-scheduler:1.40",
                        "reactor-scheduler:2",
                        "reactor-scheduler:3.52");
        assertThat(prefixes("n", 16).map(EvenSlotsTest::tag))
                .containsExactly(
                        "n:0", "n:1.165", "n:2.56", "n:3.125", "n:4.130", "n:5.67", "n:6.39", "n:7.54", "n:8.5",
                        "n:9.33", "n:10.79", "n:11.14", "n:12.46", "n:13.1", "n:14.1", "n:15.86");
    }

    private static String tag(String prefix) {
        return prefix.substring(1, prefix.length() - 2);
    }
}
