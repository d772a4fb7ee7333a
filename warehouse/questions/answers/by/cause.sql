cause
