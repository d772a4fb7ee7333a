package tingjian.peer;

import java.util.Map;

import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.opensearch.index.analysis.AnalyzerProvider;
import org.opensearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.opensearch.plugins.AnalysisPlugin;
import org.opensearch.plugins.Plugin;
import org.apache.lucene.analysis.Analyzer;
import org.wltea.analyzer.lucene.IKAnalyzer;

/** IK's finest segmentation as the analyser {@code ik_max_word}. */
public final class IkPlugin extends Plugin implements AnalysisPlugin {
    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        return Map.of("ik_max_word", Provider::new);
    }

    /** One analyser for an index; it is shared by threads. */
    private static final class Provider extends AbstractIndexAnalyzerProvider<IKAnalyzer> {
        private final IKAnalyzer analyser = new IKAnalyzer(false);

        Provider(IndexSettings index, Environment environment, String name, Settings settings) {
            super(index, name, settings);
        }

        @Override
        public IKAnalyzer get() {
            return analyser;
        }
    }
}
