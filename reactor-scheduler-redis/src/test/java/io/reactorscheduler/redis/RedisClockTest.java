package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedisClockTest {

    private static final long SECOND = 1_000_000;

    /** The server's clock, of which this node knows by replies only. */
    private long server = 1_000 * SECOND;

    private long monotonic = 5 * SECOND;
    private final RedisClock clock = new RedisClock(() -> monotonic, () -> 400 * SECOND);

    private void pass(long micros) {
        server += micros;
        monotonic += micros;
    }

    /** A call that takes some time there and some back. */
    private void call(long there, long back) {
        long started = monotonic;
        pass(there);
        long told = server;
        pass(back);
        clock.saw(told, started);
    }

    @Test
    void whatItSaysIsNeverBehindAndWhatItSaysIsReachedIsNeverAhead() {
        call(400, 50_000);
        assertThat(clock.nowMicros()).isEqualTo(server + 400);
        assertThat(clock.reachedMicros()).isEqualTo(server - 50_000);

        call(90_000, 30);
        assertThat(clock.nowMicros()).isEqualTo(server + 400);
        assertThat(clock.reachedMicros()).isEqualTo(server - 30);
    }

    @Test
    void theNarrowestBoundsAreForgottenAfterSomeSeconds() {
        call(10, 10);
        pass(11 * SECOND);
        call(2_000, 3_000);
        assertThat(clock.nowMicros()).isEqualTo(server + 2_000);
        assertThat(clock.reachedMicros()).isEqualTo(server - 3_000);
    }

    @Test
    void aServerWhoseClockIsSetIsFollowedEitherWay() {
        call(10, 10);
        for (long step : new long[] {600 * SECOND, -900 * SECOND}) {
            server += step;
            call(20, 30);
            assertThat(clock.nowMicros()).isEqualTo(server + 20);
            assertThat(clock.reachedMicros()).isEqualTo(server - 30);
        }
    }
}
