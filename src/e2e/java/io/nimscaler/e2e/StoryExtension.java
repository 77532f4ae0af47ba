package io.nimscaler.e2e;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives a test its {@link Story}, and ends it: with its evidence where the test failed. */
class StoryExtension implements ParameterResolver, AfterEachCallback {

    private static final Namespace KEY = Namespace.create(StoryExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Story.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Story story = Story.begin(
                context.getRequiredTestClass().getSimpleName(),
                context.getRequiredTestMethod().getName());
        context.getStore(KEY).put(Story.class, story);
        return story;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Story story = context.getStore(KEY).remove(Story.class, Story.class);
        if (story != null) {
            story.end(context.getExecutionException().orElse(null));
        }
    }
}
