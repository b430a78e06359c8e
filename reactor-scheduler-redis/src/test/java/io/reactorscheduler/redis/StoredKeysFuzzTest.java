package io.reactorscheduler.redis;

import io.lettuce.core.RedisClient;
import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.Completion;
import io.reactorscheduler.ExecutionError;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskStore.Extra;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever stands in any element of any key of a namespace, each call gives something or fails with an error of ours, in bounded time.
 */
class StoredKeysFuzzTest extends StoreTest {

    private static final int TRIES = Integer.getInteger("fuzz.tries", 60);
    private static final long SEED = Long.getLong("fuzz.seed", new Random().nextLong());
    private static final HexFormat HEX = HexFormat.of();

    /** All elements of all keys but rows of tasks, which have a test of their own: type, key, field or member, value or score. */
    private static final String LIST = """
            local hex = function(s) return (string.gsub(s, '.', function(c) return string.format('%02x', string.byte(c)) end)) end
            local found = {}
            for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
              local type = redis.call('TYPE', key).ok
              local all = type == 'hash' and redis.call('HGETALL', key)
                or type == 'zset' and redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
                or type == 'set' and redis.call('SMEMBERS', key)
                or type == 'list' and redis.call('LRANGE', key, 0, -1)
                or type == 'string' and { redis.call('GET', key) } or {}
              for i = 1, #all, (type == 'hash' or type == 'zset') and 2 or 1 do
                local second = (type == 'hash' or type == 'zset') and all[i + 1] or ''
                found[#found + 1] = table.concat({ type, key, hex(all[i]), hex(second) }, ' ')
              end
            end
            return found
            """;

    /** Puts another element in the place of one. */
    private static final String CHANGE = """
            local text = function(h) return (string.gsub(h, '..', function(d) return string.char(tonumber(d, 16)) end)) end
            local type, key, old = ARGV[1], ARGV[2], text(ARGV[3])
            local new, second = text(ARGV[4]), text(ARGV[5])
            if type == 'hash' then redis.call('HDEL', key, old) redis.call('HSET', key, new, second) end
            if type == 'zset' then redis.call('ZREM', key, old) redis.call('ZADD', key, tonumber(second) or 'inf', new) end
            if type == 'set' then redis.call('SREM', key, old) redis.call('SADD', key, new) end
            if type == 'list' then redis.call('LREM', key, 1, old) redis.call('RPUSH', key, new) end
            if type == 'string' then redis.call('SET', key, new) end
            """;

    private record Element(String type, String key, byte[] first, byte[] second) {

        static Element parse(@Nullable Object line) {
            String[] parts = String.valueOf(line).split(" ", -1);
            return new Element(parts[0], parts[1], HEX.parseHex(parts[2]), HEX.parseHex(parts[3]));
        }

        @Override
        public String toString() {
            return type + " " + key + " " + HEX.formatHex(first) + " " + HEX.formatHex(second);
        }
    }

    private RedisTaskStore store;

    /** One of each kind of thing that a namespace can hold. */
    private void fill() {
        store.declareQueue(TaskQueue.named("default")
                        .rateLimit(1000, Duration.ofSeconds(1))
                        .keyConcurrency(1))
                .block(PATIENCE);
        for (String id : List.of("done", "failed", "runs", "other", "waits", "cancelled", "asked")) {
            store.save(keyed(id)).block(PATIENCE);
        }
        List<Claim> claims = claim(store, 3);
        succeed(store, claims.get(0));
        store.complete(List.of(failure(claims.get(1)))).block(PATIENCE);
        store.cancel("cancelled").block(PATIENCE);
        store.enqueue("asked", new Extra(store.nowMicros(), null)).block(PATIENCE);
        store.enqueue("asked", new Extra(store.nowMicros(), null)).block(PATIENCE);
    }

    private NewTask keyed(String id) {
        return new NewTask(
                TaskRecord.builder(id, PLAIN.name())
                        .settingsOf(PLAIN.task().key(id.substring(0, 1)))
                        .build(),
                Position.at(store.nowMicros() - SECOND_MICROS, store.nowMicros() - SECOND_MICROS),
                IfExists.REPLACE);
    }

    private Completion failure(Claim claim) {
        long now = store.nowMicros();
        Outcome failed = Outcome.failed(ExecutionError.of(new IllegalStateException("it failed")));
        return new Completion(claim, failed, 1, now, now, Position.ENDED, List.of());
    }

    private void useAll() {
        Fuzz.answered(store.save(keyed("new")));
        ClaimBatch batch = Fuzz.answered(store.claim(request(2)));
        for (Claim claim : batch == null ? List.<Claim>of() : batch.claims()) {
            Fuzz.answered(store.renew(List.of(claim), LEASE));
            Fuzz.answered(store.complete(List.of(success(store, claim))));
        }
        for (String id : List.of("done", "runs", "cancelled", "asked")) {
            Fuzz.answered(store.task(id));
            Fuzz.answered(store.executions(ExecutionQuery.of(id)).collectList());
            Fuzz.answered(store.enqueue(id, new Extra(store.nowMicros(), null)));
            Fuzz.answered(store.cancel(id));
            Fuzz.answered(store.resume(id, Position.at(store.nowMicros(), store.nowMicros())));
        }
        Fuzz.answered(store.tasks(TaskQuery.all()).collectList());
        Fuzz.answered(store.queues().collectList());
        Fuzz.answered(store.sweep());
        Fuzz.answered(store.stats());
        Fuzz.answered(store.remove("waits"));
    }

    @Test
    @Timeout(60)
    void whateverStandsInAKeyEachCallIsAnswered() {
        Random random = new Random(SEED);
        RedisClient client = RedisClient.create(server.uri());
        use(client::shutdown);
        for (int i = 0; i < TRIES; i++) {
            server.command("FLUSHALL");
            store = builder().client(client).build();
            try {
                fill();
                List<Element> elements = elements();
                Element element = elements.get(random.nextInt(elements.size()));
                useAllAfter(element, changed(element, elements, random));
            } finally {
                store.dispose();
            }
        }
    }

    private void useAllAfter(Element element, Element changed) {
        put(element, changed);
        try {
            useAll();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + SEED + ", " + element + " became " + changed + ": " + e, e);
        }
    }

    private List<Element> elements() {
        List<?> lines = (List<?>) server.command("EVAL", LIST, "0", "{" + namespace + ":0}:*");
        return lines.stream()
                .map(Element::parse)
                .filter(element -> !element.key().equals(key("t")))
                .toList();
    }

    private static Element changed(Element element, List<Element> all, Random random) {
        boolean isFirst = element.second().length == 0 || random.nextInt(4) == 0;
        List<byte[]> corpus = new ArrayList<>(List.of(isFirst ? element.first() : element.second()));
        corpus.add(all.get(random.nextInt(all.size())).first());
        byte[] bytes = Fuzz.changed(corpus, random);
        return isFirst
                ? new Element(element.type(), element.key(), bytes, element.second())
                : new Element(element.type(), element.key(), element.first(), bytes);
    }

    private void put(Element element, Element changed) {
        server.command(
                "EVAL",
                CHANGE,
                "0",
                element.type(),
                element.key(),
                HEX.formatHex(element.first()),
                HEX.formatHex(changed.first()),
                HEX.formatHex(changed.second()));
    }
}
