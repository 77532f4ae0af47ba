package io.nimscaler.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of stories about one behaviour that users rely on. Each test takes a {@link Story}, has namespaces of its own, and runs
 * beside others. Classes with a story of more than two minutes have {@code @Order(1)} and begin first, so that none runs alone at the end.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(StoryExtension.class)
public @interface Scenario {}
