package io.reactorscheduler.redis;

import io.reactorscheduler.Claim;
import io.reactorscheduler.TaskStore.Hint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The messages that scripts tell: a letter, a number, a colon, the subject. */
final class RedisHints {

    private static final Logger LOG = LoggerFactory.getLogger(RedisHints.class);

    /** Claimed executions that are looked at for cancels that were missed. */
    private static final int LOOKED_AT = 1_000;

    private final RedisKeys keys;
    private final RedisLink link;
    private final Outlook outlook;
    private final Sinks.Many<Hint> ends = Sinks.many().multicast().directBestEffort();

    /** How often it was heard that settings have changed. */
    private final AtomicLong settingsHeard = new AtomicLong();

    RedisHints(RedisKeys keys, RedisLink link, Outlook outlook) {
        this.keys = keys;
        this.link = link;
        this.outlook = outlook;
    }

    /** The hints of a partition. Whenever some may have been missed, that there may be work in any queue. */
    Flux<Hint> of(Partition partition) {
        return link.listen(keys.hints(partition.number()))
                .concatMap(message ->
                        message.equals(RedisLink.LISTENING) ? everywhere(partition) : Mono.justOrEmpty(parse(message)))
                .doOnNext(hint -> {
                    outlook.hinted(partition.number(), hint);
                    if (hint.kind() == Hint.Kind.QUEUE) {
                        settingsHeard.incrementAndGet();
                    }
                });
    }

    private Flux<Hint> everywhere(Partition partition) {
        outlook.hears(partition.number());
        return partition
                .run(Scripts.MISSED, List.of(String.valueOf(LOOKED_AT)))
                .flatMapMany(RedisHints::missed)
                .onErrorResume(error -> {
                    LOG.warn("Cannot see what was missed; the safety poll will", error);
                    return Mono.empty();
                });
    }

    private static Flux<Hint> missed(Row reply) {
        return Flux.concat(List.of(
                hints(Hint.Kind.DUE, reply.texts(1), reply.number(0)),
                hints(Hint.Kind.QUEUE, reply.texts(2), 0),
                hints(Hint.Kind.CANCEL_TASK, reply.texts(3), reply.number(4))));
    }

    private static Flux<Hint> hints(Hint.Kind kind, List<String> subjects, long number) {
        return Flux.fromIterable(subjects).map(subject -> new Hint(kind, subject, number));
    }

    /** The settings of all queues, and what had been heard of them before. */
    private record Look(long heard, String settings) {}

    /**
     * That settings of queues have changed: looked at now and then, and so also where the news got lost. Settings that were
     * heard of are told once more by the next look, because they may be gone again with a master whose replica had not heard
     * of them. All partitions have the same ones.
     */
    Flux<Hint> changes(Partition first, Duration every) {
        return Flux.interval(every)
                .onBackpressureDrop()
                .concatMap(tick -> look(first))
                .distinctUntilChanged()
                .index((number, look) -> {
                    // the first look tells of no change
                    if (number > 0) {
                        outlook.forget();
                    }
                    return new Hint(Hint.Kind.QUEUE, "", 0);
                });
    }

    private Mono<Look> look(Partition first) {
        return Mono.defer(() -> {
                    long heard = settingsHeard.get();
                    return first.run(Scripts.QUEUES, List.of())
                            .map(reply -> new Look(heard, reply.list(1).toString()));
                })
                .onErrorResume(error -> {
                    LOG.debug("The settings of queues cannot be looked at now", error);
                    return Mono.empty();
                });
    }

    /** Runs of this node to be ended, as renewals of their leases say. */
    Flux<Hint> ends() {
        return ends.asFlux();
    }

    /** A run of this node is to be ended; the next renewal says so again. */
    void end(Claim claim) {
        ends.tryEmitNext(new Hint(Hint.Kind.CANCEL_EXECUTION, claim.executionId(), claim.fence()));
    }

    /** The hint of a message; null for one that is not ours or of a later release. */
    static @Nullable Hint parse(String message) {
        int colon = message.indexOf(':');
        if (colon < 2) {
            return null;
        }
        Hint.Kind kind = switch (message.charAt(0)) {
            case 'D' -> Hint.Kind.DUE;
            case 'C' -> Hint.Kind.CANCEL_TASK;
            case 'E' -> Hint.Kind.CANCEL_EXECUTION;
            case 'Q' -> Hint.Kind.QUEUE;
            default -> null;
        };
        if (kind == null) {
            return null;
        }
        try {
            return new Hint(kind, message.substring(colon + 1), Long.parseLong(message.substring(1, colon)));
        } catch (NumberFormatException notOurs) {
            return null;
        }
    }
}
