// The real copilot, through hub and daemon, against a fake model.
import { testAgent } from '../../agents/test-agent.js';

testAgent('copilot');
