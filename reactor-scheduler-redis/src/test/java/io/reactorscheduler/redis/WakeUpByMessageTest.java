package io.reactorscheduler.redis;

import io.reactorscheduler.embedded.FaultProxy;
import java.time.Duration;

/** The node would look by itself in an hour; a message takes milliseconds, on a machine that is busy with other tests more. */
class WakeUpByMessageTest extends WakeUps {

    @Override
    Duration prepare(FaultProxy way) {
        return NEVER;
    }

    @Override
    Duration lease() {
        return NEVER;
    }

    @Override
    int tries() {
        return 3;
    }

    @Override
    Duration within() {
        return Duration.ofMillis(500);
    }
}
