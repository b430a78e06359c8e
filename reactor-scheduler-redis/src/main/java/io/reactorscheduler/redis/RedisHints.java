package io.reactorscheduler.redis;

import io.reactorscheduler.TaskStore.Hint;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The messages that scripts tell: a letter, a number, a colon, the subject. */
final class RedisHints {

    private static final Logger LOG = LoggerFactory.getLogger(RedisHints.class);

    private final RedisKeys keys;
    private final RedisLink link;

    RedisHints(RedisKeys keys, RedisLink link) {
        this.keys = keys;
        this.link = link;
    }

    /** The hints of a partition. Whenever some may have been missed, that there may be work in any queue. */
    Flux<Hint> of(Partition partition) {
        return link.listen(keys.hints(partition.number()))
                .concatMap(message ->
                        message.equals(RedisLink.LISTENING) ? everywhere(partition) : Mono.justOrEmpty(parse(message)));
    }

    private static Flux<Hint> everywhere(Partition partition) {
        return partition
                .run(Scripts.QUEUES, List.of())
                .flatMapIterable(reply -> reply.rows(1).stream()
                        .map(row -> new Hint(Hint.Kind.DUE, row.required(0), reply.number(0)))
                        .toList())
                .onErrorResume(error -> {
                    LOG.warn("Cannot see what was missed; the safety poll will", error);
                    return Mono.empty();
                });
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
