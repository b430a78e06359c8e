package io.reactorscheduler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.embedded.EmbeddedRedis;
import org.junit.jupiter.api.Test;

class WatchTest {

    @Test
    void aReplicaThatTakesOverUnaskedIsTakenForTheCrashOfItsMaster() {
        try (Servers servers = Servers.Kind.SENTINEL.start();
                Watch watch = Watch.over(servers)) {
            EmbeddedRedis master = servers.nodes().get(0);
            long before = Line.now();
            master.freeze();
            Waiting.until("a replica has taken over", () -> !watch.seen().isEmpty());
            master.thaw();

            assertThat(watch.seen()).first().satisfies(strike -> {
                assertThat(strike.fault()).isEqualTo(Fault.REDIS_CRASH);
                assertThat(strike.fromMicros()).isBetween(before - 1_000_000, strike.toMicros());
            });
        }
    }
}
