package io.reactorscheduler.redis;

import io.reactorscheduler.embedded.FaultProxy;
import java.time.Duration;

/** All messages get lost, on a connection that looks well. */
class WakeUpByPollTest extends WakeUps {

    @Override
    Duration prepare(FaultProxy way) {
        way.dropRepliesAfter("SUBSCRIBE");
        return Duration.ofMillis(300);
    }

    @Override
    Duration lease() {
        return Duration.ofSeconds(2);
    }

    @Override
    int tries() {
        return 1;
    }

    @Override
    Duration within() {
        return PATIENCE;
    }
}
