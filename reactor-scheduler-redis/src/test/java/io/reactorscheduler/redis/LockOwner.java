package io.reactorscheduler.redis;

import java.io.IOException;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** A program that has a lock for as long as it can, and prints with its fence what becomes of it. */
final class LockOwner {

    private LockOwner() {}

    public static void main(String[] args) throws IOException {
        RedisLock.connect(args[0])
                .withLease(
                        args[1],
                        Duration.parse(args[2]),
                        held -> Mono.never()
                                .doOnSubscribe(on -> say("BEGINS", held.fence()))
                                .doOnCancel(() -> say("CANCELLED", held.fence())))
                .subscribe(none -> {}, error -> say("LOST", ((LockLostException) error).fence()));
        // its input ends with the JVM that started it
        while (System.in.read() >= 0) {
            continue;
        }
        Runtime.getRuntime().halt(0);
    }

    private static void say(String what, long fence) {
        System.out.println(what + " " + fence);
    }
}
