package io.reactorscheduler.redis;

import java.util.List;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** All partitions of a namespace, made or checked at first use. */
final class Partitions {

    private final List<Partition> all;
    private final Unreadable unreadable = new Unreadable();

    Partitions(RedisSettings settings, RedisKeys keys, RedisLink link, RedisClock clock, Mono<Void> ready) {
        this.all = IntStream.range(0, settings.partitions())
                .mapToObj(number -> new Partition(number, keys, link, clock, ready))
                .toList();
    }

    /** What cannot be read in any of them. */
    Unreadable unreadable() {
        return unreadable;
    }

    int size() {
        return all.size();
    }

    Partition at(int number) {
        return all.get(number);
    }

    /** Where a task lives. */
    Partition of(String taskId) {
        return all.get(numberOf(taskId));
    }

    int numberOf(String taskId) {
        return all.size() == 1 ? 0 : RedisKeys.partitionOf(taskId, all.size());
    }

    /** The reply of one script on each partition, all asked at once, in the order of the partitions. */
    Flux<Row> each(Script script, List<String> args) {
        return Flux.fromIterable(all).flatMapSequential(partition -> partition.run(script, args));
    }

    /** As {@link #each}, by tokens. */
    Flux<Row> eachOnce(Script script, List<String> args) {
        return Flux.fromIterable(all).flatMapSequential(partition -> partition.once(script, args));
    }
}
