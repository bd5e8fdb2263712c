"""
Plugin implementation logic.
"""

import logging
import os
from typing import Dict, Any

logger = logging.getLogger(__name__)


def execute_plugin(inputs: Dict[str, Any], context: Dict[str, Any]) -> Dict[str, Any]:
    """
    Main plugin execution function.
    """
    try:
        example_input = inputs.get('example_input', {}).get('value', '')
        if not example_input:
            return {
                'success': False,
                'error': 'example_input is required'
            }
        greeting = os.environ.get('GREETING', 'Hello')
        logger.info("trace %s", context.get('trace_id', 'unknown'))
        return {
            'success': True,
            'outputs': {
                'result': f"{greeting}, {example_input}!",
                'length': len(example_input)
            }
        }
    except Exception as e:
        return {
            'success': False,
            'error': f"Plugin execution failed: {str(e)}"
        }
