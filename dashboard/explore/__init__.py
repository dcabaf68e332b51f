"""What the Explore page knows of time, series and their comparison. Pure: no engine, no request, no clock."""
