package io.reactorscheduler.redis;

import io.reactorscheduler.Execution;
import io.reactorscheduler.InvalidTaskException;
import io.reactorscheduler.JournalEntry;
import io.reactorscheduler.SchedulerEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads the streams of all partitions as one. A cursor is the place of each partition, joined by spaces: the id of a
 * stream entry, a slash, how many of its events were read.
 */
final class RedisJournal {

    private static final int MOST_ENTRIES = 50;
    private static final String START = "0-0/0";

    /** More events than an entry has. */
    private static final String WHOLE = "/999999";

    private static final Pattern PLACE = Pattern.compile("[0-9]+-[0-9]+/[0-9]{1,6}|");
    private static final Logger LOG = LoggerFactory.getLogger(RedisJournal.class);

    private final RedisSettings settings;
    private final RedisKeys keys;
    private final RedisLink link;
    private final Partitions partitions;

    RedisJournal(RedisSettings settings, RedisKeys keys, RedisLink link, Partitions partitions) {
        this.settings = settings;
        this.keys = keys;
        this.link = link;
        this.partitions = partitions;
    }

    Flux<JournalEntry> after(@Nullable String cursor) {
        return Flux.defer(() -> {
            checkIsKept();
            List<String> places = places(cursor);
            // in one row, so that a cursor stands for what the subscriber has been given of all partitions
            return Flux.range(0, places.size())
                    .flatMap(number -> new Reader(partitions.at(number), places.get(number)).read(), places.size())
                    .map(event -> event.entry(places));
        });
    }

    /** The cursor of now. */
    Mono<String> end() {
        return Mono.defer(() -> {
            checkIsKept();
            return partitions
                    .each(Scripts.JOURNAL, List.of("", "0"))
                    .map(reply -> reply.required(1) + WHOLE)
                    .collect(Collectors.joining(" "));
        });
    }

    private void checkIsKept() {
        if (settings.journal() == 0) {
            throw new UnsupportedOperationException(
                    "The store was built with noJournal(): leave that out, or say journal(calls), to hear of other nodes");
        }
    }

    /** The places of a cursor, to be changed; empty ones for now. */
    private List<String> places(@Nullable String cursor) {
        String same = cursor == null ? "" : START;
        if (cursor == null || cursor.isEmpty()) {
            return new ArrayList<>(Collections.nCopies(partitions.size(), same));
        }
        List<String> places = new ArrayList<>(List.of(cursor.split(" ", -1)));
        if (places.size() != partitions.size()
                || !places.stream().allMatch(place -> PLACE.matcher(place).matches())) {
            throw new InvalidTaskException(
                    "after", cursor, "give the cursor of an entry of this namespace, or an empty text for the start");
        }
        return places;
    }

    /** One event before it has a cursor. */
    private record Event(int partition, String place, Instant time, Parts parts) {

        JournalEntry entry(List<String> places) {
            places.set(partition, place);
            return new JournalEntry(
                    String.join(" ", places),
                    kind(parts.kind()),
                    time,
                    parts.taskId(),
                    parts.executionId(),
                    parts.node(),
                    parts.message());
        }
    }

    private record Parts(
            String kind, String taskId, @Nullable String executionId, String node, String message) {

        static final Parts MISSED = new Parts("", "", null, "", "");

        static Parts of(Map<Character, String> fields) {
            String taskId = fields.getOrDefault('i', "");
            String number = fields.getOrDefault('n', "");
            return new Parts(
                    fields.getOrDefault('k', ""),
                    taskId,
                    number.isEmpty() ? null : Execution.id(taskId, Long.parseLong(number)),
                    fields.getOrDefault('w', ""),
                    fields.getOrDefault('m', ""));
        }
    }

    private static SchedulerEvent.Kind kind(String letter) {
        return switch (letter) {
            case "S" -> SchedulerEvent.Kind.SCHEDULED;
            case "B" -> SchedulerEvent.Kind.STARTED;
            case "C" -> SchedulerEvent.Kind.COMPLETED;
            case "F" -> SchedulerEvent.Kind.FAILED;
            case "T" -> SchedulerEvent.Kind.RETRYING;
            case "X" -> SchedulerEvent.Kind.CANCELLED;
            case "Z" -> SchedulerEvent.Kind.SKIPPED;
            case "P" -> SchedulerEvent.Kind.RELEASED;
            case "L" -> SchedulerEvent.Kind.LOST;
            case "Q" -> SchedulerEvent.Kind.QUARANTINED;
            case "D" -> SchedulerEvent.Kind.REMOVED;
            default -> SchedulerEvent.Kind.MISSED;
        };
    }

    /** Where one subscriber stands in one partition. */
    private final class Reader {
        private final Partition partition;

        /** Where to read on, as XRANGE takes it: from an entry on, or after it; empty for the end. */
        private String from;

        /** The entry at which it began. */
        private final String first;

        /** How many events of that entry had been read. */
        private final int read;

        Reader(Partition partition, String place) {
            this.partition = partition;
            int slash = place.indexOf('/');
            this.first = slash < 0 ? "" : place.substring(0, slash);
            this.from = first;
            this.read = slash < 0 ? 0 : Integer.parseInt(place.substring(slash + 1));
        }

        /** Reads when the journal has grown, and now and then in case that news got lost. */
        Flux<Event> read() {
            Flux<String> news = Flux.merge(
                            Flux.interval(settings.safetyPoll()).map(tick -> ""),
                            link.listen(keys.journal(partition.number())))
                    .onBackpressureLatest();
            return Flux.concat(List.of(Mono.just(""), news)).concatMap(grown -> all(), 1);
        }

        private Flux<Event> all() {
            return some().expand(found -> found.isEnd() ? Mono.empty() : some())
                    .concatMapIterable(Found::events, 1)
                    .onErrorResume(error -> {
                        LOG.warn("The journal cannot be read now; trying again", error);
                        return Flux.empty();
                    });
        }

        private Mono<Found> some() {
            return Mono.defer(() -> partition.run(Scripts.JOURNAL, List.of(from, String.valueOf(MOST_ENTRIES))))
                    .map(this::found);
        }

        private Found found(Row reply) {
            List<Event> events = new ArrayList<>();
            List<Row> entries = reply.rows(3);
            if (reply.required(2).equals("1")) {
                String place =
                        entries.isEmpty() ? reply.required(1) : entries.get(0).required(0);
                events.add(new Event(partition.number(), place + "/0", Row.instantOf(reply.number(0)), Parts.MISSED));
            }
            for (Row entry : entries) {
                List<Event> read =
                        partitions.unreadable().skip(entry, each -> "journal entry " + each.text(0), this::events);
                events.addAll(read == null ? List.of() : read);
            }
            if (from.isEmpty() || !entries.isEmpty() || reply.required(2).equals("1")) {
                from = "(" + reply.required(1);
            }
            return new Found(events, entries.size() < MOST_ENTRIES);
        }

        private List<Event> events(Row entry) {
            List<Event> events = new ArrayList<>();
            List<Map<Character, String>> parts = new ArrayList<>();
            long[] micros = {0};
            Fields.read(entry.required(1), (name, value) -> {
                if (name == 't') {
                    micros[0] = Long.parseLong(value);
                } else if (name == 'k') {
                    parts.add(new HashMap<>(Map.of(name, value)));
                } else {
                    Map<Character, String> last = parts.get(parts.size() - 1);
                    if (name == 'i' && last.containsKey(name)) {
                        // another event of the same kind
                        last = new HashMap<>(last);
                        parts.add(last);
                    }
                    last.put(name, value);
                }
            });
            // an entry that is not kept any more has been followed by others, of which nothing was read
            for (int i = entry.required(0).equals(first) ? read : 0; i < parts.size(); i++) {
                events.add(new Event(
                        partition.number(),
                        entry.required(0) + "/" + (i + 1),
                        Row.instantOf(micros[0]),
                        Parts.of(parts.get(i))));
            }
            return events;
        }
    }

    private record Found(List<Event> events, boolean isEnd) {}
}
