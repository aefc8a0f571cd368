"""Score models: training, calibration, reasons, metrics, register."""
