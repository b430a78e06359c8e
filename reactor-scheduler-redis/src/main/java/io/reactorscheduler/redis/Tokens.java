package io.reactorscheduler.redis;

import java.util.concurrent.ThreadLocalRandom;

/** Names of calls, so that one is answered as before when its reply is lost and it is sent again. */
final class Tokens {

    private Tokens() {}

    static String next() {
        // unique is enough, and a secure random number may block
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }
}
