package io.reactorscheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/**
 * The elements of one call to a {@link CombinedTaskStore} by where they belong. The shared store is called first, because
 * only it can fail.
 *
 * @param <E> the elements
 */
final class BatchSplit<E> {
    private final List<E> theirs = new ArrayList<>();
    private final List<E> mine = new ArrayList<>();

    BatchSplit(List<E> all, Predicate<E> isMine) {
        all.forEach(element -> (isMine.test(element) ? mine : theirs).add(element));
    }

    Mono<Void> call(Function<List<E>, Mono<Void>> ofShared, Function<List<E>, Mono<Void>> ofMemory) {
        Mono<Void> first = theirs.isEmpty() ? Mono.empty() : ofShared.apply(theirs);
        return mine.isEmpty() ? first : first.then(ofMemory.apply(mine));
    }

    <R> Mono<List<R>> ask(
            Function<List<E>, Mono<List<R>>> ofShared,
            Function<List<E>, Mono<List<R>>> ofMemory,
            BinaryOperator<List<R>> joined) {
        if (mine.isEmpty()) {
            return ofShared.apply(theirs);
        }
        return theirs.isEmpty()
                ? ofMemory.apply(mine)
                : ofShared.apply(theirs)
                        .flatMap(first -> ofMemory.apply(mine).map(second -> joined.apply(first, second)));
    }
}
