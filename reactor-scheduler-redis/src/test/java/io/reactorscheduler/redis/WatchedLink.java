package io.reactorscheduler.redis;

import io.lettuce.core.RedisURI;
import io.reactorscheduler.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A way to a real server on which the calls of some partitions get no answer and those of some scripts fail, and which
 * remembers what was called.
 */
final class WatchedLink implements RedisLink {

    private final RedisLink link;
    private final Duration timeout;
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private final Set<Script> refused = ConcurrentHashMap.newKeySet();
    private final Map<Script, AtomicInteger> left = new ConcurrentHashMap<>();
    private final Set<Script> unheard = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Set<Call> losing = ConcurrentHashMap.newKeySet();

    /** One script on one partition. */
    record Call(Script script, String key) {}

    /** @param timeout how long answers are waited for that do not come */
    WatchedLink(String uri, Duration timeout) {
        this.link =
                new LettuceLink(new UriOpener(RedisURI.create(uri), RedisTest.BUSY_MACHINE), RedisTest.BUSY_MACHINE);
        this.timeout = timeout;
    }

    /** From now on a partition gives no answers. */
    void silence(String key) {
        silent.add(key);
    }

    /** The answer to the next call of a script on a partition gets lost. */
    void loseNextAnswer(Script script, String key) {
        losing.add(new Call(script, key));
    }

    /** From now on a script is not run, and its callers get an error. */
    void refuse(Script script) {
        refused.add(script);
    }

    /** A script is run so many times more, then its callers get an error. */
    void refuseAfter(int calls, Script script) {
        left.put(script, new AtomicInteger(calls));
    }

    /** From now on a script is run, and its callers get an error. */
    void loseReplies(Script script) {
        unheard.add(script);
    }

    /** Scripts are run and answered again. */
    void heal() {
        refused.clear();
        left.clear();
        unheard.clear();
    }

    /** How many scripts were called so far. */
    long calls() {
        return calls.size();
    }

    /** How often a script was called so far. */
    long calls(Script script) {
        return calls.stream().filter(call -> call.script() == script).count();
    }

    @Override
    public Mono<List<@Nullable Object>> run(Script script, String key, List<String> args) {
        return Mono.defer(() -> {
            Call call = new Call(script, key);
            calls.add(call);
            if (losing.remove(call)) {
                return link.run(script, key, args).then(Mono.never());
            }
            AtomicInteger more = left.get(script);
            if (refused.contains(script) || (more != null && more.getAndDecrement() <= 0)) {
                return Mono.error(new StoreUnavailableException("refused", null));
            }
            if (silent.contains(key)) {
                return Mono.<List<@Nullable Object>>never()
                        .timeout(timeout, Mono.error(() -> new StoreUnavailableException("silent", null)));
            }
            Mono<List<@Nullable Object>> reply = link.run(script, key, args);
            return unheard.contains(script)
                    ? reply.then(Mono.error(() -> new StoreUnavailableException("unheard", null)))
                    : reply;
        });
    }

    @Override
    public Flux<String> listen(String channel) {
        return link.listen(channel);
    }

    @Override
    public Mono<String> info(String section) {
        return link.info(section);
    }

    @Override
    public Mono<String> setting(String name) {
        return link.setting(name);
    }

    @Override
    public Mono<Void> close() {
        return link.close();
    }
}
