package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Partitions lie evenly in the slots, under tags that stay what they are. */
class EvenSlotsTest {

    private static final int MOST_MASTERS = 64;
    private static final List<String> NAMESPACES = List.of("reactor-scheduler", "n", "a:b", "Größe");

    private static Stream<String> prefixes(String namespace, int partitions) {
        RedisKeys keys = new RedisKeys(namespace, partitions);
        return IntStream.range(0, partitions).mapToObj(keys::prefix);
    }

    @Test
    void noMasterHasMuchMoreOrLessThanItsShare() {
        NAMESPACES.forEach(namespace -> IntStream.rangeClosed(1, 64).forEach(partitions -> {
            int[] slots = slots(namespace, partitions);
            for (int masters = 1; masters <= MOST_MASTERS; masters++) {
                assertThat(shares(slots, masters))
                        .as("%d partitions of %s on %d masters", partitions, namespace, masters)
                        .allMatch(share(partitions, masters));
            }
        }));
    }

    /** A range of slots that begins and ends anywhere has one tag more or less, and each may be a quarter of the distance off. */
    private static Predicate<Integer> share(int partitions, int masters) {
        return count -> Math.abs(count - (double) partitions / masters) <= 1.3;
    }

    @Test
    void ofThreeMastersTwoHaveFiveOf16PartitionsAndOneHasSix() {
        assertThat(NAMESPACES)
                .allSatisfy(namespace ->
                        assertThat(shares(slots(namespace, 16), 3).sorted()).containsExactly(5, 5, 6));
    }

    private static int[] slots(String namespace, int partitions) {
        return prefixes(namespace, partitions)
                .map(prefix -> prefix.getBytes(StandardCharsets.UTF_8))
                .mapToInt(SlotHash::getSlot)
                .toArray();
    }

    /** How many partitions each of several masters has, which have equal ranges of slots. */
    private static IntStream shares(int[] slots, int masters) {
        int[] counts = new int[masters];
        for (int slot : slots) {
            counts[slot * masters / SlotHash.SLOT_COUNT]++;
        }
        return IntStream.of(counts);
    }

    @Test
    void withTheMostPartitionsAMasterHasItsShareAsWell() {
        int[] slots = slots("reactor-scheduler", RedisTaskStore.MOST_PARTITIONS);
        for (int masters = 1; masters <= MOST_MASTERS; masters++) {
            int share = RedisTaskStore.MOST_PARTITIONS / masters;
            // tags may be 64 slots off, and partitions are 16 slots apart
            assertThat(shares(slots, masters)).allMatch(count -> Math.abs(count - share) <= 5);
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
        assertThat(prefixes("Größe", 4).map(EvenSlotsTest::tag))
                .as("whatever the charset of the JVM")
                .containsExactly("Größe:0", "Größe:1", "Größe:2", "Größe:3");
        assertThat(prefixes("n", 16).map(EvenSlotsTest::tag))
                .containsExactly(
                        "n:0", "n:1.165", "n:2.56", "n:3.125", "n:4.130", "n:5.67", "n:6.39", "n:7.54", "n:8.5",
                        "n:9.33", "n:10.79", "n:11.14", "n:12.46", "n:13.1", "n:14.1", "n:15.86");
    }

    private static String tag(String prefix) {
        return prefix.substring(1, prefix.length() - 2);
    }
}
