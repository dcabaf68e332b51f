/* The alert console before Dash runs. */
window.monitoring.firstPaint.isThere = (dash) => window.monitoring.hasRows(dash);
