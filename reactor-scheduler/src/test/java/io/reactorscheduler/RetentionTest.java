package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetentionTest {

    @Test
    void theDefaultsAreTheConstants() {
        Retention defaults = Retention.defaults();

        assertThat(defaults.perTask()).isEqualTo(Retention.DEFAULT_PER_TASK).isEqualTo(100);
        assertThat(defaults.age()).isEqualTo(Retention.DEFAULT_AGE).isEqualTo(Duration.ofHours(1));
        assertThat(defaults.total()).isEqualTo(Retention.DEFAULT_TOTAL).isEqualTo(10_000);
    }

    @Test
    void eachRefinementChangesOneBoundOfACopy() {
        Retention refined =
                Retention.defaults().perTask(1).age(Duration.ofDays(1)).total(2);

        assertThat(refined).isEqualTo(new Retention(1, Duration.ofDays(1), 2));
        assertThat(Retention.defaults().perTask()).isEqualTo(Retention.DEFAULT_PER_TASK);
    }

    @Test
    void aBoundThatKeepsNothingIsRefusedByName() {
        assertThatThrownBy(() -> Retention.defaults().perTask(0))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("perTask")
                .hasMessageContaining("0");
        assertThatThrownBy(() -> Retention.defaults().age(Duration.ZERO))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("age");
        assertThatThrownBy(() -> Retention.defaults().total(0))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("total");
    }
}
