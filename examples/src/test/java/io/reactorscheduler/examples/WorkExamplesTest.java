package io.reactorscheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkExamplesTest {

    @Test
    void numbersAreAdded() {
        assertThat(AddNumbers.sums(3).collectList().block(Duration.ofMinutes(1)))
                .containsExactly("1 + 1 = 2", "2 + 4 = 6", "3 + 9 = 12");
    }

    @Test
    void aBatchSaysWhichOfItsItemsFailed() {
        List<String> lines = BatchWork.lines(100).collectList().block(Duration.ofMinutes(1));
        assertThat(lines).contains("100 rows: 98 loaded, 2 failed");
        assertThat(lines.get(lines.size() - 1)).contains("row 7 has no name").contains("row 57 has no name");
    }

    @Test
    void videosAreCutByProcessesAndTheOneThatTakesTooLongIsStopped(@TempDir Path directory) throws Exception {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        VideoCut.cutAll(new VideoProgram.StandIn(), directory, lines::add).block(Duration.ofMinutes(1));
        assertThat(lines)
                .contains("video.mp4: 20 bytes", "0-5.mp4: 5 bytes", "5-7.mp4: 2 bytes", "10-20: is stopped")
                .anyMatch(line -> line.startsWith("no clip: java.util.concurrent.TimeoutException"));
        assertThat(Files.size(directory.resolve("0-5.mp4"))).isEqualTo(5);
    }
}
