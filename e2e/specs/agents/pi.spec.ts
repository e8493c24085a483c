// The real pi, through hub and daemon, against a fake model.
import { testAgent } from '../../agents/test-agent.js';

testAgent('pi');
