package io.reactorscheduler.redis;

import io.reactorscheduler.embedded.FaultProxy;
import java.time.Duration;

/** The node would look by itself in an hour. */
class WakeUpByMessageTest extends WakeUps {

    @Override
    Duration prepare(FaultProxy way) {
        return NEVER;
    }

    @Override
    Duration lease() {
        return NEVER;
    }
}
