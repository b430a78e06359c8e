package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The snippet of the documentation about asynchronous work. */
class AsyncWorkSnippetTest extends InVirtualTime {

    record Cut(String film, double from, double to) {}

    record Video(String path) {}

    static final Handler<Cut, Video> CUT = Handler.named("cut", Cut.class, Video.class);

    /** Stands for the HTTP client of a cutting service that takes three seconds for a film. */
    static final class Service {
        final Map<String, Integer> asked = new ConcurrentHashMap<>();

        Mono<String> post(String path, Object body, String key) {
            return Mono.just(key);
        }

        Mono<Double> progress(String id) {
            return Mono.fromSupplier(() -> asked.merge(id, 1, Integer::sum) / 3.0);
        }

        Mono<Video> video(String id) {
            return Mono.just(new Video("/videos/" + id));
        }

        Mono<Void> delete(String path) {
            return Mono.empty();
        }
    }

    // snippet: async-work
    static final class VideoCutter implements AsyncWork<Cut, Video> {
        private final Service service = new Service();

        @Override
        public Mono<String> start(Cut cut, RunContext run) {
            return service.post("/cuts", cut, run.executionId());
        }

        @Override
        public Mono<Status> status(String id) {
            return service.progress(id).map(done -> done < 1 ? Status.running(done, "cutting") : Status.done());
        }

        @Override
        public Mono<Video> output(String id) {
            return service.video(id);
        }

        @Override
        public Mono<Void> stop(String id) {
            return service.delete("/cuts/" + id);
        }
    }

    private final AsyncCallbacks callbacks = AsyncCallbacks.create(); // your endpoint calls callbacks.done(id)

    ReactiveScheduler cutting(SchedulerBuilder builder) {
        return builder.handle(
                        CUT,
                        AsyncWork.of(new VideoCutter())
                                .pollEvery(Duration.ofSeconds(1))
                                .callbacks(callbacks))
                .start();
    }
    // end

    @Test
    void aFilmIsCutByPolls() {
        ReactiveScheduler scheduler = stoppedLater(cutting(builder()));

        scheduler.schedule(CUT.task(new Cut("film", 0, 10)).id("t")).subscribe();
        pass(Duration.ofSeconds(3));

        assertThat(executionsOf(scheduler, "t").get(0).value()).isEqualTo(new Video("/videos/t#1"));
    }

    @Test
    void aFilmIsCutByACallback() {
        ReactiveScheduler scheduler = stoppedLater(cutting(builder()));

        scheduler.schedule(CUT.task(new Cut("film", 0, 10)).id("t")).subscribe();
        pass(Duration.ofMillis(100));
        assertThat(callbacks.done("t#1")).isEqualTo(AsyncCallbacks.Answer.DELIVERED);
        settle();

        assertThat(executionsOf(scheduler, "t").get(0).value()).isEqualTo(new Video("/videos/t#1"));
    }
}
