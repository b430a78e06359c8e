package io.reactorscheduler.redis;

import java.time.Duration;

/** What the tests of one subject of {@link LockContract} share. */
abstract class LockSubject {

    static final Duration LONG = LockContract.LONG;
    static final Duration BUSY = LockContract.BUSY;
    static final Duration SHORT = Duration.ofMillis(500);

    /** What takes as long as this was woken, and did not wait for a poll, a grace or the end of a lease. */
    static final Duration WOKEN = Duration.ofMillis(800);

    final LockContract contract;

    /** Two clients of one server. */
    final RedisLock locks;

    final RedisLock others;

    LockSubject(LockContract contract) {
        this.contract = contract;
        this.locks = contract.locks;
        this.others = contract.others;
    }
}
