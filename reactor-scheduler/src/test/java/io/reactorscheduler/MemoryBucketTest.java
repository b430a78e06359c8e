package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class MemoryBucketTest {

    @Test
    void itIsFullAtFirstAndFillsEvenly() {
        MemoryBucket bucket = bucket(3, Duration.ofSeconds(3), 0);
        for (int i = 0; i < 3; i++) {
            assertThat(bucket.nextAt(0)).isZero();
            bucket.take();
        }

        assertThat(bucket.nextAt(0)).isEqualTo(1_000_000);
        assertThat(bucket.nextAt(400_000)).isEqualTo(1_000_000);
        assertThat(bucket.fullAt(400_000)).isEqualTo(3_000_000);
        assertThat(bucket.nextAt(1_000_000)).isEqualTo(1_000_000);
    }

    @Test
    void aClockThatIsSetBackGivesNothingAndTakesNothing() {
        MemoryBucket bucket = bucket(1, Duration.ofSeconds(1), 10_000_000);
        bucket.take();

        assertThat(bucket.nextAt(5_000_000)).isEqualTo(6_000_000);
        assertThat(bucket.nextAt(6_000_000)).isEqualTo(6_000_000);
    }

    @Property(tries = 300)
    void overAnySpanNoMoreStartThanTheBucketAndItsFillAllow(
            @ForAll @IntRange(min = 1, max = 50) int runs,
            @ForAll @LongRange(min = 1, max = 5_000_000) long periodMicros,
            @ForAll @IntRange(min = 1, max = 2_000) int starts) {
        MemoryBucket bucket = bucket(runs, Duration.ofNanos(periodMicros * 1_000), 0);
        ArrayDeque<Long> last = new ArrayDeque<>();
        long now = 0;
        for (int i = 0; i < starts; i++) {
            long at = bucket.nextAt(now);
            assertThat(at).isGreaterThanOrEqualTo(now);
            now = at;
            assertThat(bucket.nextAt(now)).as("the time it named is right").isEqualTo(now);
            bucket.take();
            last.add(now);
            if (last.size() > 2 * runs) {
                // 2 * runs + 1 starts: the full bucket, and runs + 1 more that took at least a period to fill
                assertThat(now - last.remove()).isGreaterThanOrEqualTo(periodMicros);
            }
        }
    }

    private static MemoryBucket bucket(int runs, Duration period, long now) {
        return new MemoryBucket(new TaskQueue.RateLimit(runs, period), now);
    }
}
